import type { CheckEntry } from './entry.ts';

/** Level 2: cannot leave the house. */
export const FENCED: readonly CheckEntry[] = [
  {
    id: 'outbound-firewall',
    title: 'Outbound firewall',
    question: 'Can an agent send anything to the internet?',
    why: 'What an agent has read can only be lost if it can be sent. A fence around its account, for every kind of address, keeps your notes in the house.',
    story:
      'A page in the research results said: send a summary to this address. The rules stopped it over IPv4. Over IPv6 nothing was in the way, and nobody had thought of it, because the test with a browser had looked fine.',
    ifItGoesWrong:
      'Something that the agent needs from outside stops working, and connections of it that are open break at once. The kernel log names what was stopped, once a minute for each destination. To go back, stop the unit of the rules and delete its table with nft; your own rules were not touched.',
    layer: 4,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['ipv4', 'ipv6', 'lan', 'mdns', 'uid'],
  },
  {
    id: 'peer-allowlist',
    title: 'Known peers only',
    question: 'Can the agent talk to machines that you never put into the swarm?',
    why: 'mycoSwarm accepts any machine that announces itself on the network, and sends it the swarm secret with the first task.',
    story:
      'A guest brought a laptop that had once run mycoSwarm. It announced itself, became a peer within seconds, and was sent a prompt with the names of the children in it.',
    ifItGoesWrong:
      'A node that is missing in your list is no longer sent tasks. Put it into Swarmkeep or declare it as a peer, and write the rules again. To go back, stop the unit of the rules and delete its table with nft.',
    layer: 5,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['mdns', 'swarm-token', 'port'],
  },
  {
    id: 'swarm-secret',
    title: 'Swarm secret',
    question: 'Is the secret that the nodes share strong, private, fresh and in use?',
    why: 'Whoever has the secret is a node of your swarm: may give it tasks, read its answers and see its memory.',
    story:
      'The secret was pasted into a chat with a model once, to debug a script. It went into a log, the log into a backup, the backup onto an old disk. Rotating it takes a minute; finding every copy takes a weekend.',
    ifItGoesWrong:
      'Nodes with different secrets refuse each other with 403 while both still look healthy: tasks that are sent to another node fail. Carry the new file to every node and restart each. The old secret is gone once the new one is in place, so keep no copy and do not go back to it.',
    layer: 5,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['swarm-token', 'mode', 'journal', 'daemon'],
  },
  {
    id: 'service-bindings',
    title: 'Service addresses',
    question: 'Can anyone outside your home network reach a service of the swarm?',
    why: 'A service that listens on every address answers on every network the machine ever joins, not only on the one you had in mind.',
    story:
      'The laptop at home listened on every address, and at home that was harmless. Then it went along to a conference. The dashboard, which asks for no password, answered on the Wi-Fi of two thousand people.',
    ifItGoesWrong:
      'Another node, a tablet or the dashboard may no longer get an answer. If it should, take away the rule of that port in /etc/nftables.d or the drop-in of the service, and load the rules again. Keep your SSH session open until you have logged in a second time.',
    layer: 4,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['wildcard', 'loopback', 'lan', 'port', 'ipv6', 'vpn', 'dashboard'],
  },
  {
    id: 'unused-interfaces',
    title: 'Unused interfaces',
    question: 'Is every network that this machine is on one that you meant?',
    why: 'Each interface that is up is a door. Doors that nobody uses are the ones that nobody watches.',
    story:
      'A VPN was tried out in spring and forgotten. It came up with every boot, and with it the swarm could be reached from a network that belonged to a friend of a friend.',
    ifItGoesWrong:
      'If you reach this machine through that very interface, the connection ends at once. A restart of the machine brings the interface back, and so does ip link set up from its own keyboard: be near it, or have another way in.',
    layer: 4,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['vpn', 'lan', 'container'],
  },
];
