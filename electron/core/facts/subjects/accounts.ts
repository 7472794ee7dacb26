import type { Collector } from '../collector.ts';
import { parseAccounts } from './accounts/parse.ts';
import { ACCOUNTS_SCRIPT, homeProgramsScript, PROGRAMS_SCRIPT } from './accounts/script.ts';

/** Accounts, groups, subordinate ids, sudo rules, homes, logins, and programs that change the user. */
export const accountsCollector: Collector<'accounts'> = {
  subject: 'accounts',
  trip: 1,
  budgetMs: 12_000,
  maxBytes: 8 * 1_048_576,
  source:
    'getent passwd; getent group; cat /etc/shadow /etc/subuid /etc/sudoers; stat HOMES; last; find /usr /opt /srv /home /root /var /tmp /etc MOUNTS -xdev -perm /6000',
  script: () => ACCOUNTS_SCRIPT,
  aside: { script: PROGRAMS_SCRIPT, budgetMs: 12_000, maxBytes: 6 * 1_048_576 },
  later: { script: homeProgramsScript, budgetMs: 10_000, maxBytes: 2 * 1_048_576, with: 'files' },
  parse: parseAccounts,
};
