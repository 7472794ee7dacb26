/** What to save of an old disk, and how each kind is checked before it comes back: `[what, what to do, how it is checked]`. */
export const WHAT_TO_SAVE: readonly (readonly [string, string, string])[] = [
  [
    'Your own documents and results',
    'Copy them',
    'They are read, not run: open them on another computer without macros.',
  ],
  [
    'Settings that you wrote',
    'Copy them apart, and read every line',
    'Type the lines that you understand into the new ones; never copy the file back.',
  ],
  [
    'Plugins',
    'Do not copy them',
    'Get each anew from where it came from, compare its hash with the one that you accepted, and accept it again in Swarmkeep.',
  ],
  [
    'Programs, packages, start files, scripts, timers',
    'Do not copy them',
    'The kit installs what is pinned. What is missing is installed anew.',
  ],
  [
    'Keys and tokens',
    'Do not copy them',
    'They count as known to somebody else: end them where they were issued and make new ones.',
  ],
  ['Models', 'Do not copy them', 'Pull them again.'],
  ['Logs and evidence', 'Swarmkeep has them', 'They stay in the archive that the incident made.'],
];
