import type { CheckEntry } from './entry.ts';

/** Level 4, announced and not yet built. They hold the level, so that it is never said to be reached before anybody looked. */
export const LATER: readonly CheckEntry[] = [
  {
    id: 'container-hardening',
    title: 'Containers',
    question: 'Could a container step out onto the machine?',
    why: 'A container shares the kernel of the machine. One that is privileged, or that may command the engine, is no wall at all.',
    story:
      'A sandbox for agent code had the socket of the container engine inside, "only to start helpers". Code in it asked the engine for one more container, with the whole disk of the host mounted.',
    ifItGoesWrong: null,
    layer: 1,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it lists containers but does not judge how they are set up. Until it does, nobody has looked.',
    terms: ['container', 'docker-group', 'root'],
  },
  {
    id: 'secrets-in-git',
    title: 'Secrets in history',
    question: 'Was a password or key ever committed to a repository?',
    why: 'What was committed once stays in the history, also after the line is gone, and everyone with a copy has it.',
    story:
      'The database password was removed from the file the same afternoon. It was still in fifteen commits, and the repository had been copied to a public place since.',
    ifItGoesWrong: null,
    layer: 5,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not read the history of repositories. Until it does, nobody has looked.',
    terms: ['swarm-token', 'api-key'],
  },
  {
    id: 'disk-encryption',
    title: 'Encrypted disk',
    question: 'Could a thief read the disk?',
    why: 'A machine that is carried away takes its memory along: prompts, research, keys.',
    story:
      'An old node was given away with its disk in it. The new owner was curious and honest, and called. It could have been someone else.',
    ifItGoesWrong: null,
    layer: null,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not judge how disks are encrypted. Until it does, nobody has looked.',
    terms: [],
  },
  {
    id: 'backups',
    title: 'Backups',
    question: 'Could you rebuild this node without losing what you care for?',
    why: 'The best answer to a broken-in node is to wipe it. Only with a backup is that an easy decision.',
    story:
      'Everyone agreed that the node should be wiped. Nobody dared, because a year of research was on it and on nothing else. It stayed as it was for another three weeks.',
    ifItGoesWrong: null,
    layer: null,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not look at backups. Until it does, nobody has looked.',
    terms: [],
  },
  {
    id: 'lan-encryption',
    title: 'Encrypted between nodes',
    question: 'Could a device on your network read along?',
    why: 'mycoSwarm speaks plain HTTP: the swarm secret and every prompt cross the network as readable text.',
    story:
      'A cheap camera on the same network was listening. It did not need to break anything. The first routed task carried the secret in a header, in clear text.',
    ifItGoesWrong: null,
    layer: 5,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not look at how nodes talk to each other. Until it does, nobody has looked.',
    terms: ['swarm-token', 'lan'],
  },
  {
    id: 'token-throttling',
    title: 'Guessing slowed down',
    question: 'Does the service slow down someone who guesses the secret?',
    why: 'A service that takes three hundred wrong secrets in a quarter of a second, and logs none, leaves all to the length of the secret.',
    story:
      'For one evening a device on the network tried secrets, a thousand each second. It did not find the right one. It was never noticed either.',
    ifItGoesWrong:
      'Nothing is changed on the node for this. Fencing off an address that turns out to be a node of yours keeps that node from getting tasks, until you list it.',
    layer: 5,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['swarm-token'],
  },
  {
    id: 'log-injection',
    title: 'Logs that cannot be forged',
    question: 'Can an agent write lines into the log that look like the system wrote them?',
    why: 'A log that takes line breaks from its subject tells the story that its subject likes.',
    story:
      'According to the log, the operator had approved the task at noon. The line was part of a task name, with a line break in front of it.',
    ifItGoesWrong:
      'Reading a log changes nothing. A clock that was set back looks like a forged line once; settle that alert, and it is not held against the node.',
    layer: 3,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['journal'],
  },
  {
    id: 'escape-drill',
    title: 'Escape drill',
    question: 'If an agent tried to get out tonight, would it?',
    why: 'Each lock can be looked at by itself. Only trying the door shows whether they hold together.',
    story:
      'Every check was fine. Then somebody tried, as the agent, the twelve usual ways out. Eleven were shut. The twelfth was a printer service that runs commands for anyone who asks.',
    ifItGoesWrong: null,
    layer: 2,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not try to break out as the agent. Until it does, nobody has looked.',
    terms: ['sandbox'],
  },
];
