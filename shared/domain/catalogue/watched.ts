import type { CheckEntry } from './entry.ts';

/** Level 3: all it does is recorded. */
export const WATCHED: readonly CheckEntry[] = [
  {
    id: 'audit-logging',
    title: 'Logging',
    question: 'Is what the agent does written down where it cannot reach?',
    why: 'After a strange night there are two questions: what happened, and is it over. Only a record that the agent cannot rewrite answers them.',
    story:
      'Something had sent requests at three in the morning. The only log lay in the home of the agent, and it ended at half past two. Nobody could say whether that was a crash or a broom.',
    ifItGoesWrong:
      'A disk that fills faster than before, or a recorder that counts lost records: auditctl -s shows both. To take the rules away as root: rm /etc/audit/rules.d/00-swarmkeep.rules && augenrules --load; where rules are locked, they go with the next restart of the machine. auditd itself stays installed and running.',
    layer: 3,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['auditd', 'journal', 'io-uring', 'uid'],
  },
  {
    id: 'dependency-audit',
    title: 'Dependencies',
    question: 'Does a package that mycoSwarm uses have a known weakness?',
    why: 'mycoSwarm brings in the work of many strangers. Most weaknesses that are used in anger were published, with a fix, months before.',
    story:
      'A library for reading documents had a known hole for half a year. One prepared PDF in the research folder was enough. The advisory had been public all along; nobody had compared it with what was installed.',
    ifItGoesWrong:
      'A newer version of a package can behave differently: mycoSwarm fails to start, or a task ends with an error that names the package. Install the version from before again; it is in the list that you kept, or in this evidence.',
    layer: 7,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['advisory', 'virtual-environment'],
  },
  {
    id: 'pinned-dependencies',
    title: 'Pinned versions',
    question: 'Would the next install give the same packages as today?',
    why: 'A version that may float is chosen by whoever uploads the next one. An exact version with a fingerprint is chosen by you.',
    story:
      'A maintainer account was taken over on a Friday and a new version uploaded. Every machine that reinstalled that weekend ran it, because its list said "this version or newer". Those with a lock file slept through it.',
    ifItGoesWrong:
      'The install stops when a package has no fingerprint or no ready-made file, and then nothing was changed. If mycoSwarm does not start afterwards, install from the former list; keep that list until a whole day has gone well.',
    layer: 7,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['hash', 'lock-file', 'virtual-environment'],
  },
  {
    id: 'cloud-api-keys',
    title: 'Cloud keys',
    question: 'Is there a key to an online service that an agent could use?',
    why: 'A key in reach of the agent can be spent by the agent, and a prompt sent with it has left the house.',
    story:
      'An old key for a cloud model was still in a start file from the first experiments. An agent that found its local model too slow found the key too. The bill came at the end of the month, the prompts never came back.',
    ifItGoesWrong:
      'A program that used the key asks for it again or answers 401. If it is one that you need, give it a key of its own where the agent cannot read it. A key that was taken out here still works elsewhere until you revoke it with its provider.',
    layer: 6,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['api-key', 'environment-variable', 'unit'],
  },
  {
    id: 'model-locality',
    title: 'Local models',
    question: 'Do the models run here, and does only this house use them?',
    why: 'Local means that what you ask stays with you. A model server that others can reach, or that fetches and pushes models for whoever asks, is a way in and a way out.',
    story:
      'To use a model from the tablet, somebody let Ollama listen on every address. It was convenient. It also let any device on any network of that machine delete models, or push one with your notes in it to a server elsewhere.',
    ifItGoesWrong:
      'A device that used Ollama over the network gets no connection, or a download of a model fails. Take the lines out of the drop-in of ollama.service, let systemd read its units again and restart Ollama; models on the disk are not touched.',
    layer: 6,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['ollama', 'wildcard', 'lan', 'port'],
  },
  {
    id: 'plugin-inventory',
    title: 'Plugins',
    question: 'Is every plugin one that you put there, and unchanged since?',
    why: 'mycoSwarm runs every plugin it finds each time it starts, without asking. Whoever can add one stays for good.',
    story:
      'Agent code wrote a small file into the plugin folder. Nothing happened that day. At the next restart it was loaded like all the others, and from then on it saw every task.',
    ifItGoesWrong:
      'A task that needed the plugin ends with an error that names it. The plugin was moved and not deleted: move its folder back and restart mycoSwarm.',
    layer: 7,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['plugin', 'hash'],
  },
];
