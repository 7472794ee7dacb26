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
    ifItGoesWrong:
      'A tool that read the description to find its way no longer can. Let it reach the port again by taking the rule away; mycoSwarm itself does not need these pages.',
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
    ifItGoesWrong:
      'A log that cannot be written may stop the program that writes it: its error names the file. Give the file back its former owner and mode, and restart.',
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
    ifItGoesWrong:
      'A clock that was far off jumps when it is set: certificates and logins may be refused for a moment, and logs show a gap or an overlap. timedatectl set-ntp false stops it; the time can then be set by hand.',
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
    ifItGoesWrong:
      'A service may start differently after an update, and a restart ends all that runs. Let tasks finish first. If the machine does not come up, choose the former kernel in its start menu; apt keeps it.',
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
    ifItGoesWrong:
      'Without a key that works, nobody gets in again from afar. So keep one session open and log in a second time before you close it; from the open one, delete the file of Swarmkeep in /etc/ssh/sshd_config.d and reload the server.',
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
    ifItGoesWrong:
      'Closing a port that somebody uses shuts them out too. Take the rule or the published port away, have the others knock again, and put it back if more went silent than you meant.',
    layer: 4,
    availableSince: '0.1.0',
    lackingBecause: null,
    terms: ['port', 'container'],
  },
];
