import type { CheckEntry } from './entry.ts';

/** Level 1: locked in its own account. */
export const CONTAINED: readonly CheckEntry[] = [
  {
    id: 'dedicated-user',
    title: 'Its own account',
    question: 'Does mycoSwarm run under an account of its own, with nothing else to reach?',
    why: 'Whatever an agent is talked into, it can do no more than its account may do. An account that is nobody else keeps the damage in one folder.',
    story:
      'A model that tidies up is sure that the photos are duplicates, and deletes them. Under your own account the folder is gone, and your SSH keys were one command away. Under an account of its own, the system answers "permission denied" and the evening goes on.',
    ifItGoesWrong:
      'If mycoSwarm does not start, systemctl status and its log name the file that it cannot read. Where the steps move it to another account, they end with the exact commands that bring it back, and the old account and its files stay as they were; where they change an account that is its own, each step says what takes it back.',
    layer: 1,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['uid', 'root', 'sudo', 'docker-group', 'subordinate-uid', 'ssh'],
  },
  {
    id: 'sandbox-mode',
    title: 'Sandbox that works',
    question: 'Do the limits around the agent really hold on the running program?',
    why: 'A line in a settings file holds nobody. Only limits that the system itself keeps, on the process that runs now, stop an agent.',
    story:
      'A node had "sandboxMode": true in its settings for a year. mycoSwarm never read that line. The code that the model wrote ran with the network on and the whole disk in view, and nothing in the log said so.',
    ifItGoesWrong:
      'A limit that is too tight stops mycoSwarm at its start or makes code tasks fail with "Operation not permitted" in its log. Take that one line out of 50-swarmkeep-sandbox.conf, or the whole file, let systemd read its units again and restart.',
    layer: 2,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['sandbox', 'systemd', 'unit', 'namespace', 'seccomp'],
  },
  {
    id: 'workspace-bounded',
    title: 'A bounded workspace',
    question: 'Is there one folder for the agent to write in, with no way out of it?',
    why: 'When the agent has one place to write, everything else on the machine stays as you left it, and you know where to look.',
    story:
      'A helpful script made a link in the workspace to the family archive, to save space. A month later an agent was asked to empty its workspace, and did so, on the other side of the link.',
    ifItGoesWrong:
      'A task that used to write elsewhere fails with "Read-only file system" or "Permission denied" in the log. The last steps give the exact commands that take the limits away and bring the folders back to how they were; what was written stays.',
    layer: 2,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['symbolic-link', 'hard-link', 'bind-mount', 'setuid', 'mode'],
  },
  {
    id: 'source-read-only',
    title: 'Read-only source',
    question: 'Can the agent change the program that it is?',
    why: 'An agent that can write its own source, its packages or its start file can come back stronger after every restart. Taking away the write permission is not enough while it owns the file or a folder above it: an owner can give it back.',
    story:
      'A poisoned web page asked the agent to "fix a small bug" in its own tools. The source had been made read-only with chmod, by the same account. The agent put the permission back, made its change, and from the next start on obeyed someone else.',
    ifItGoesWrong:
      'An update that mycoSwarm made by itself now fails with "Permission denied": updates are yours to make from here on, as administrator. Should it not start, the last steps give the exact commands that bring it back.',
    layer: 2,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['mode', 'virtual-environment', 'unit', 'acl', 'sticky'],
  },
];
