import { z } from 'zod';
import { pathText, shortText, shownMessage } from '../bounds.ts';

/** Name of a rule file in the folder of the operator's own rules: never a path. */
export const ruleFileName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    'A rule file has letters, digits, dots and dashes, and ends in .yml',
  );

/** A rule file as a person chose it: up to 512 KiB of text. */
export const ruleFileText = z.object({ name: ruleFileName, text: z.string().max(524_288) });
export type RuleFileText = z.infer<typeof ruleFileText>;

/** A rule that is not used, and why. */
export const ruleFault = z.object({ file: shownMessage(512), reason: shownMessage(512) });
export type RuleFault = z.infer<typeof ruleFault>;

/** Name of a placeholder of Sigma (specification, appendix "Modifiers": `expand`). */
export const placeholderName = z.string().regex(/^[\w.-]{1,128}$/);

/** Values for placeholders by name, each with wildcards as a rule may have them. */
export const placeholderValues = z.record(placeholderName, z.array(z.string().min(1).max(1_024)).max(200));
export type PlaceholderValues = z.infer<typeof placeholderValues>;

const amount = z.int().min(0);

/** The operator's own Sigma rules. */
export const ownRules = z.object({
  /** Where their files lie; more may be put there by hand. */
  folder: pathText,
  files: z
    .array(
      z.object({
        /** Relative to the folder. */
        name: shortText,
        /** Rules of it that are in force: also filters, and those that only count for others. */
        inForce: amount,
        faults: z.array(shownMessage(512)).max(16),
        /** Placeholders without values, for which rules of it wait. */
        waitsFor: z.array(shortText).max(64),
        /** It lies right in the folder, under a name that the console gives: it can be removed here. */
        removable: z.boolean(),
      }),
    )
    .max(5_000),
  /** Files beyond those that are listed. */
  more: amount,
  /** Placeholders that rules ask for, with the values given so far and how many rules wait for one. */
  placeholders: z
    .array(z.object({ name: shortText, values: z.array(z.string().max(1_024)).max(200), waiting: amount }))
    .max(256),
});
export type OwnRules = z.infer<typeof ownRules>;
