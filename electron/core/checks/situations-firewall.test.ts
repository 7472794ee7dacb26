import { describe } from 'vitest';
import { changed, withoutSubject } from './testing/facts-builder.ts';
import { bootWith, NO_BOOT, NO_RULES, nftRules, withFirewall } from './testing/firewall-facts.ts';
import { accept, drop, five, OWN_FILE, own, RANGE, skuid } from './testing/firewall-situations.ts';
import { AGENT, agentAccount, but, hardened, tryEach } from './testing/situations.ts';

describe('situations', () => {
  tryEach([
    ['outbound-firewall', 'the steps were taken', hardened, 'pass', /No agent on uncho can send anything/],
    [
      'outbound-firewall',
      'no rule',
      withFirewall({ nftJson: NO_RULES }),
      'fix',
      /can still send data to the internet/,
    ],
    [
      'outbound-firewall',
      'the five lines of the security model',
      five(),
      'fix',
      /can still send data to the internet/,
    ],
    [
      'outbound-firewall',
      'a subordinate uid without newuidmap',
      but('accounts', (value) => {
        value.newuidmapWorks = false;
        for (const entry of value.accounts) if (entry.uid === AGENT) entry.subordinateUids = RANGE;
      }),
      'pass',
    ],
    [
      'outbound-firewall',
      'a subordinate uid that it can become',
      agentAccount({ subordinateUids: RANGE }),
      'fix',
      /can still send data/,
    ],
    [
      'outbound-firewall',
      'a sudo rule',
      agentAccount({ sudoRules: ['mycoswarm ALL=(ALL) NOPASSWD: ALL'] }),
      'fix',
      /can still send data|can be root/,
    ],
    ['outbound-firewall', 'sudo rules that were not seen', agentAccount({ sudoRules: null }), 'unknown'],
    [
      'outbound-firewall',
      'rules that could not be read',
      withFirewall({ nftJson: null }),
      'unknown',
      /We could not read all firewall rules/,
    ],
    [
      'outbound-firewall',
      'no firewall facts',
      withoutSubject(hardened, 'firewall'),
      'unknown',
      /could not read the firewall rules/,
    ],
    [
      'outbound-firewall',
      'an answer that is no listing',
      withFirewall({ nftJson: '{"nftables":[{"rule":{}}]}' }),
      'unknown',
      /could not see everything/,
    ],
    ['outbound-firewall', 'an empty answer', withFirewall({ nftJson: '' }), 'unknown'],
    [
      'outbound-firewall',
      'everything dropped for the account, the home too',
      withFirewall({
        nftJson: nftRules([[skuid(AGENT), drop]]),
        boot: bootWith([own], [{ path: OWN_FILE, loaded: nftRules([[skuid(AGENT), drop]]) }]),
      }),
      'review',
      /more than the internet/,
    ],
    [
      'outbound-firewall',
      'a rule ahead that accepts for everybody',
      withFirewall({ nftJson: nftRules([[accept], [skuid(AGENT), drop]]) }),
      'fix',
      /can still send data/,
    ],
    [
      'outbound-firewall',
      'a rule for another account',
      withFirewall({ nftJson: nftRules([[skuid(AGENT + 1), drop]]) }),
      'fix',
    ],
    [
      'outbound-firewall',
      'a rule that holds only sometimes',
      withFirewall({
        nftJson: nftRules([[skuid(AGENT), { limit: { rate: 10, burst: 5, per: 'second' } }, drop]]),
      }),
      'fix',
    ],
    [
      'outbound-firewall',
      'a rule that nobody knows, ahead of the drop',
      withFirewall({
        nftJson: nftRules([
          [{ xt: { type: 'match', name: 'bpf' } }, accept],
          [skuid(AGENT), drop],
        ]),
      }),
      'unknown',
    ],
    [
      'outbound-firewall',
      'only the unit keeps it at home',
      changed(withFirewall({ nftJson: NO_RULES, boot: NO_BOOT }), 'units', (value) => {
        for (const unit of value.units)
          if (unit.name === 'mycoswarm.service')
            Object.assign(unit.properties, {
              IPAddressDeny: '0.0.0.0/0 ::/0',
              IPAddressAllow: '127.0.0.0/8 ::1/128 192.168.0.0/16',
            });
      }),
      'review',
      /Only its unit/,
    ],
    [
      'outbound-firewall',
      'perhaps ufw',
      withFirewall({
        boot: NO_BOOT,
        managers: [{ name: 'ufw', active: true, enabledAtBoot: true, status: '' }],
      }),
      'unknown',
      /after a reboot/,
    ],
    ['outbound-firewall', 'sockets that were not seen', withoutSubject(hardened, 'sockets'), 'unknown'],
    [
      'outbound-firewall',
      'a daemon that may write frames',
      but('processes', (value) => {
        for (const entry of value.processes) entry.capabilitiesEffective = '2000';
      }),
      'fix',
      /past every rule: it has cap_net_raw/,
    ],
    [
      'outbound-firewall',
      'an interpreter that may write frames for everybody',
      but('accounts', (value) => {
        value.setuidPrograms.push({
          path: '/usr/bin/python3.11',
          uid: 0,
          gid: 0,
          mode: 0o755,
          capabilities: 'cap_net_raw=ep',
        });
      }),
      'fix',
      /past every rule with \/usr\/bin\/python3\.11/,
    ],
    [
      'outbound-firewall',
      'in a network of its own',
      but('processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
      /network namespace/,
    ],
    [
      'outbound-firewall',
      'in a network of its own, without a rule on the machine',
      changed(withFirewall({ nftJson: NO_RULES }), 'processes', (value) => {
        for (const entry of value.processes)
          entry.namespaces = { ...entry.namespaces, net: 'net:[4026532999]' };
      }),
      'unknown',
      /network namespace/,
    ],
  ]);
});
