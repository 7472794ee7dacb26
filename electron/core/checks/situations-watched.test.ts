import { describe } from 'vitest';
import type { Facts } from '#shared/domain/facts/facts.ts';
import { changed, declare, listening, NOW } from './testing/facts-builder.ts';
import { but, hardened, rules, tryEach, withVpn } from './testing/situations.ts';

const DIGEST = 'c'.repeat(64);
const plugin = {
  instance: 'mycoswarm.service',
  name: 'web_digest',
  path: '/home/mycoswarm/.config/mycoswarm/plugins/web_digest',
  uid: 0,
  mode: 0o755,
  modifiedAt: NOW,
  digest: DIGEST,
  files: 1,
};
const withPlugin = but('mycoswarm', (value) => void value.plugins.push(plugin));
const key = {
  name: 'OPENAI_API_KEY',
  provider: 'OpenAI',
  kind: 'file' as const,
  place: '/home/mycoswarm/.bashrc',
  pid: null,
};
const withKey = but('credentials', (value) => void value.found.push(key));
const calls = 'execve,execveat,connect,open,openat';

describe('situations', () => {
  tryEach([
    [
      'audit-logging',
      'only 64-bit calls',
      rules([`-a always,exit -F arch=b64 -S ${calls} -F uid=1001`]),
      'fix',
      /not recorded/,
    ],
    [
      'audit-logging',
      'only failures',
      rules(
        ['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S ${calls} -F uid=1001 -F success=0`),
      ),
      'fix',
    ],
    [
      'audit-logging',
      'everything of everybody',
      rules(['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S all`)),
      'pass',
    ],
    [
      'audit-logging',
      'an exception before it',
      rules([
        '-a never,exit -F arch=b64 -S connect',
        ...['b64', 'b32'].map((arch) => `-a always,exit -F arch=${arch} -S ${calls} -F uid=1001`),
      ]),
      'fix',
    ],
    [
      'audit-logging',
      'records lost',
      but('audit', (value) => {
        if (value.auditd !== null) value.auditd = { ...value.auditd, lost: 5 };
      }),
      'fix',
      /gaps/,
    ],
    [
      'audit-logging',
      'io_uring allowed',
      but('audit', (value) => {
        value.ioUringDisabled = 0;
      }),
      'fix',
      /io_uring/,
    ],
    [
      'audit-logging',
      'a probe that did not arrive',
      but('audit', (value) => {
        value.probe.recorded = false;
      }),
      'fix',
      /leaves no trace/,
    ],
    [
      'audit-logging',
      'no probe',
      but('audit', (value) => {
        value.probe = { tried: false, recorded: null, detail: '', raw: null };
      }),
      'unknown',
    ],
    ['cloud-api-keys', 'a key in a dotfile', withKey, 'fix', /OpenAI/],
    [
      'cloud-api-keys',
      'a key that is meant',
      withKey,
      'pass',
      undefined,
      [declare('provider-key', 'OPENAI_API_KEY @ /home/mycoswarm/.bashrc')],
    ],
    [
      'cloud-api-keys',
      'an environment that is closed',
      but('processes', (value) => {
        value.processes = value.processes.map((entry) => ({ ...entry, environment: null }));
      }),
      'unknown',
    ],
    [
      'model-locality',
      'a model elsewhere',
      but(
        'ollama',
        (value) =>
          void value.models.push({
            name: 'big:cloud',
            remoteHost: 'https://ollama.example',
            sizeBytes: null,
          }),
      ),
      'fix',
      /does not run at home/,
    ],
    [
      'model-locality',
      'Ollama on a VPN',
      withVpn(
        but(
          'sockets',
          (value) => void value.listening.push(listening('0.0.0.0', 11_434, 997, { processName: 'ollama' })),
        ),
      ),
      'fix',
      /Ollama on uncho answers/,
    ],
    [
      'model-locality',
      'no fence, no rules',
      but('units', (value) => {
        value.units = value.units.filter((entry) => entry.name !== 'ollama.service');
      }),
      'fix',
      /through Ollama/,
    ],
    [
      'model-locality',
      'a relay that is meant',
      but('units', (value) => {
        value.units = value.units.filter((entry) => entry.name !== 'ollama.service');
      }),
      'pass',
      undefined,
      [declare('relay', 'ollama')],
    ],
    [
      'model-locality',
      'no model server',
      changed(
        but('ollama', (value) => {
          value.installed = false;
          value.running = false;
          value.models = [];
          value.host = null;
        }),
        'sockets',
        (value) => {
          value.listening = [];
        },
      ),
      'not-applicable',
    ],
    ['plugin-inventory', 'a plugin nobody accepted', withPlugin, 'review', /web_digest/],
    [
      'plugin-inventory',
      'an accepted plugin',
      withPlugin,
      'pass',
      undefined,
      [declare('plugin', `web_digest@${DIGEST}`)],
    ],
    [
      'plugin-inventory',
      'a plugin changed since',
      withPlugin,
      'fix',
      /changed since/,
      [declare('plugin', `web_digest@${'d'.repeat(64)}`)],
    ],
    [
      'plugin-inventory',
      'a folder that is closed',
      but('files', (value) => {
        value.trees = [];
        value.files = value.files.filter((entry) => !entry.path.includes('plugins'));
      }),
      'unknown',
    ],
    [
      'pinned-dependencies',
      'another version than the lock',
      but('python', (value) => {
        for (const entry of value.environments[0]?.distributions ?? [])
          if (entry.name === 'httpx') entry.version = '0.28.0';
      }),
      'fix',
      /not those that its lock says/,
    ],
    [
      'pinned-dependencies',
      'no lock',
      but('python', (value) => {
        value.requirementFiles = [];
      }),
      'fix',
      /next install/,
    ],
    [
      'pinned-dependencies',
      'a lock that may have been missed',
      {
        ...hardened,
        subjects: {
          ...hardened.subjects,
          python: {
            ...but('python', (value) => {
              value.requirementFiles = [];
            }).subjects.python,
            gaps: [{ what: '/opt/x', reason: 'closed', wouldHelp: null }],
          } as Facts['subjects']['python'],
        },
      },
      'unknown',
    ],
    [
      'pinned-dependencies',
      'an environment read in part',
      but('python', (value) => {
        for (const entry of value.environments) entry.complete = false;
      }),
      'unknown',
    ],
  ]);
});
