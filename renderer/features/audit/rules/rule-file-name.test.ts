import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ruleFileName } from '#shared/domain/audit/own-rules.ts';
import { ruleFileNameOf } from './rule-file-name.ts';

it('keeps a name that can be kept', () => {
  expect(ruleFileNameOf('proc_creation_lnx_base64.yml')).toBe('proc_creation_lnx_base64.yml');
  expect(ruleFileNameOf('../../my rule.YAML')).toBe('my-rule.yaml');
  expect(ruleFileNameOf('.yml')).toBe('rule.yml');
});

it('makes a name that can be kept of any other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      expect(ruleFileName.safeParse(ruleFileNameOf(`${name}.yml`)).success).toBe(true);
    }),
  );
});
