import type { CheckEntry } from './entry.ts';

/** Level 4: checked from outside. */
export const PROVEN: readonly CheckEntry[] = [
  {
    id: 'api-docs-exposed',
    title: 'API description',
    question: 'Does the service describe itself to anyone who asks?',
    why: 'The description lists every request that the service understands. To a stranger it is a floor plan.',
    story:
      'A smart plug on the home network was taken over from outside. It asked its neighbours for /docs. One answered with a complete page of what it could be told to do.',
    layer: 5,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['open-api', 'swarm-token', 'port'],
  },
  {
    id: 'tool-log',
    title: 'Tool calls recorded',
    question: 'Is every tool call kept, with its arguments, where the agent cannot change it?',
    why: 'The system sees which programs ran. Only a record of tool calls says what the model wanted.',
    story:
      'A document had been changed, and the audit log showed the program that did it. Which of nine agents asked for it, and in answer to what, was written down nowhere.',
    layer: 3,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['journal', 'mode'],
  },
  {
    id: 'time-sync',
    title: 'Right time',
    question: 'Does the clock of this machine agree with a trusted source?',
    why: 'Logs of several machines only make one story when their clocks agree. Certificates and updates need the right time too.',
    story:
      'Two nodes told of the same event, eleven minutes apart. Whether one had caused the other or the other way round could not be said: one clock had been drifting since the summer.',
    layer: null,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: [],
  },
  {
    id: 'os-updates',
    title: 'System updates',
    question: 'Are the security updates of the system in, and in use?',
    why: 'The account, the sandbox and the firewall are kept by the system. A known hole in it goes around all of them.',
    story:
      'The fix for the kernel had been installed for weeks. The machine had not been restarted, so the old kernel with the old hole kept running, and the agent that found it was root by the evening.',
    layer: null,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['root'],
  },
  {
    id: 'ssh-server',
    title: 'Remote login',
    question: 'Can someone log in to this machine by guessing a password?',
    why: 'A password can be guessed, by a machine, all night. A key cannot.',
    story:
      'The router was replaced, and the new one forwarded port 22 because the old one had. By morning there were forty thousand attempts. The account for the printer had a password of seven letters.',
    layer: null,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['ssh', 'root', 'port'],
  },
  {
    id: 'outside-in',
    title: 'Seen from outside',
    question: 'Can others reach exactly what the settings say, and no more?',
    why: 'Settings say what should be. A knock on the door from another machine says what is.',
    story:
      'All rules were in order. A container engine had added one of its own, in front of them. From the machine itself nothing was to be seen; from the next room the port was open.',
    layer: 4,
    availableSince: null,
    lackingBecause:
      'This version cannot check this yet: it does not knock on a node from other machines. Until it does, this stays unseen.',
    terms: ['port', 'container'],
  },
];
