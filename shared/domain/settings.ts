import { z } from 'zod';
import { isAdvisoryAddress, LONGEST_ADDRESS, OSV_ADDRESS } from './dependencies/osv-address.ts';

/** What the operator can set. Every field has a default that is the safe one. */
export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Minutes between looks by schedule; 0 means only on demand. */
  lookEveryMinutes: z.int().min(0).max(10_080).default(60),
  notifications: z
    .object({
      onChange: z.boolean().default(true),
      weeklySummary: z.boolean().default(true),
      /** 0 Sunday … 6 Saturday, local time. */
      weeklySummaryDay: z.int().min(0).max(6).default(1),
      weeklySummaryHour: z.int().min(0).max(23).default(9),
    })
    .prefault({}),
  /** What is kept of the logs that are followed, and when somebody is told of alerts. */
  audit: z
    .object({
      /** Find words within lines fast; without it storing takes less. */
      fullText: z.boolean().default(true),
      keepDays: z.int().min(1).max(3_650).default(90),
      keepMegabytes: z.int().min(100).max(1_048_576).default(4_096),
      /** Days for which a node's programs and addresses are learnt before a new one is told of; peers and plugins take one. */
      learnDays: z.int().min(1).max(60).default(3),
      /** Told of at once: alerts of this level and above; the others come in a digest. */
      notifyFrom: z.enum(['informational', 'low', 'medium', 'high', 'critical']).default('medium'),
      /** Nobody is woken from this hour to that one, local time; what came is told then. Equal: never quiet. */
      quietFromHour: z.int().min(0).max(23).default(22),
      quietToHour: z.int().min(0).max(23).default(22),
    })
    .prefault({}),
  /** Where published advisories are fetched from, when somebody asks for it or turned it on. */
  advisories: z
    .object({
      address: z
        .string()
        .max(LONGEST_ADDRESS)
        .refine(isAdvisoryAddress, 'An address with https, or http on this computer, without password')
        .default(OSV_ADDRESS),
      /** Fetch what was published since once a day, without being asked each time. */
      fetchDaily: z.boolean().default(false),
    })
    .prefault({}),
  /** Days after which a swarm secret is due for rotation. */
  secretMaxAgeDays: z.int().min(1).max(3_650).default(90),
  /** Days before that on which somebody is reminded; null: nobody is. */
  secretRemindDays: z.int().min(0).max(365).nullable().default(14),
  /** Days after which an open security update counts as late. */
  updateMaxAgeDays: z.int().min(0).max(365).default(14),
  /** Milliseconds that a node's clock may be off its source. */
  clockToleranceMs: z.int().min(1).max(3_600_000).default(2_000),
});
export type Settings = z.infer<typeof settings>;
export const DEFAULT_SETTINGS: Settings = settings.parse({});
