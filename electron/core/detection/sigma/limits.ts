/**
 * Bounds of what a rule may ask for. The largest public rules have about 1,500 values and conditions of a dozen operands, so
 * there is room to spare; what goes beyond is refused with its reason, and all other rules go on.
 */
export const LIMITS = {
  /** Bytes of a rule file. */
  fileBytes: 1_048_576,
  /** Files of one look for rules. */
  files: 50_000,
  /** Levels of folders below a path that is looked through. */
  folders: 32,
  yamlDepth: 24,
  yamlAliases: 64,
  /** Scalars, lists and maps of one file, aliases counted as often as they are used. */
  yamlNodes: 100_000,
  documents: 1_000,
  conditionLength: 131_072,
  /** Search identifiers and patterns that a condition names. */
  conditionOperands: 1_000,
  conditionDepth: 100,
  searchIdentifiers: 1_000,
  /** Tests of one rule, after modifiers have made several of one value. */
  tests: 20_000,
  valueLength: 65_536,
  /** Alternatives that placeholders may make of one value. */
  expansions: 4_096,
  /** Characters of a regular expression. */
  regexLength: 8_192,
  /** Instructions that a regular expression may become when counted repeats are written out. */
  regexProgram: 20_000,
  /** Levels of correlations of correlations. */
  correlationDepth: 16,
} as const;
