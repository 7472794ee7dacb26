import { z } from 'zod';

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
  /** Days after which a swarm secret is due for rotation. */
  secretMaxAgeDays: z.int().min(1).max(3_650).default(90),
  /** Days after which an open security update counts as late. */
  updateMaxAgeDays: z.int().min(0).max(365).default(14),
  /** Milliseconds that a node's clock may be off its source. */
  clockToleranceMs: z.int().min(1).max(3_600_000).default(2_000),
});
export type Settings = z.infer<typeof settings>;
export const DEFAULT_SETTINGS: Settings = settings.parse({});
