import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSigner, renamed, signNote } from '#core/ledger/signed-note.ts';
import { readAdvisories } from '#core/store/advisories/advisory-reader.ts';
import { importAdvisories } from './import-advisories.ts';
import { exportAdvisories, noteOf, requireSigned, withSigned } from './signed-set.ts';
import { exampleAdvisory } from './testing/example-advisories.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const { signer } = makeSigner('swarmkeep/0123456789abcdef');
let base: string;
const at = (name: string): string => join(base, name);

async function exported(file: string) {
  const reader = readAdvisories(at('one'));
  if (reader === null) throw new Error('there is no data');
  try {
    return await exportAdvisories(reader, signer, at(file));
  } finally {
    reader.close();
  }
}

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'swarmkeep-signed-'));
  for (const name of ['one', 'two']) mkdirSync(at(name), { mode: 0o700 });
  const records = Array.from({ length: 150 }, (_, index) =>
    exampleAdvisory(`PYSEC-2026-${index}`, `package-${index % 7}`),
  );
  writeFileSync(at('all.json'), JSON.stringify(records));
  await importAdvisories(at('one'), at('all.json'), NOW);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('a signed set of advisories', () => {
  it('is taken by another console, which then knows the same', async () => {
    const { advisories, verifierKey } = await exported('out.zip');
    expect(advisories).toBe(150);
    await requireSigned(at('out.zip'), verifierKey);
    expect(await importAdvisories(at('two'), at('out.zip'), NOW)).toMatchObject({
      advisories: 150,
      newest: Date.parse('2026-11-20T10:00:00Z'),
    });
    const [one, two] = ['one', 'two'].map((name) => {
      const reader = readAdvisories(at(name));
      const known = [
        reader?.compiled('PyPI', 'package-3'),
        [...(reader?.all() ?? [])].map(([id, text]) => [id, JSON.parse(text)]).sort(),
      ];
      reader?.close();
      return known;
    });
    expect(two).toEqual(one);
    // The same advisories give the same bytes.
    await exported('again.zip');
    expect(readFileSync(at('again.zip')).equals(readFileSync(at('out.zip')))).toBe(true);
  });

  it('is refused when archive, note or key is another one', async () => {
    const { verifierKey } = await exported('out.zip');
    const zip = readFileSync(at('out.zip'));
    const note = readFileSync(noteOf(at('out.zip')), 'utf8');
    const refused = (key = verifierKey) => expect(requireSigned(at('out.zip'), key)).rejects;
    writeFileSync(at('out.zip'), Buffer.concat([zip, Buffer.from(' ')]));
    await refused().toThrow(/not the one that was signed/);
    writeFileSync(at('out.zip'), zip);
    writeFileSync(noteOf(at('out.zip')), note.replace('150', '151'));
    await refused().toThrow(/not signed by that console/);
    writeFileSync(noteOf(at('out.zip')), note.padEnd(5_000, ' '));
    await refused().toThrow(/not signed/);
    // Signed by the same key under the same name, and about something else.
    const own = renamed(signer, `${signer.verifier.name}/advisories`);
    writeFileSync(
      noteOf(at('out.zip')),
      signNote(
        `${(note.split('\n\n')[0] ?? '').replace('swarmkeep advisories 1', 'swarmkeep advisories 2')}\n`,
        own,
      ),
    );
    await refused().toThrow(/not the one that was signed/);
    // A checkpoint of the same ledger is no set, and neither is a note under its name.
    writeFileSync(noteOf(at('out.zip')), signNote(note.split('\n\n')[0]?.concat('\n') ?? '', signer));
    await refused().toThrow(/not signed/);
    await refused(signer.verifier.text).toThrow(/no key under which/);
    await refused('nonsense').toThrow(/no key under which/);
    rmSync(noteOf(at('out.zip')));
    await refused().toThrow(/are needed/);
  });

  it('is used as it was when its signature was looked at, whoever exchanges it meanwhile', async () => {
    const { verifierKey } = await exported('out.zip');
    const signed = readFileSync(at('out.zip'));
    const used = await withSigned(at('two'), at('out.zip'), verifierKey, async (copy) => {
      writeFileSync(at('out.zip'), 'another');
      return readFileSync(copy);
    });
    expect(used.equals(signed)).toBe(true);
    const never = () => Promise.reject(new Error('it was used'));
    await expect(withSigned(at('two'), at('out.zip'), verifierKey, never)).rejects.toThrow(/not the one/);
    await expect(withSigned(at('two'), '/dev/zero', verifierKey, never)).rejects.toThrow(/no archive/);
    await expect(withSigned(at('two'), at('one'), verifierKey, never)).rejects.toThrow(/no archive/);
    await expect(withSigned(at('two'), at('gone'), verifierKey, never)).rejects.toThrow(/no archive/);
    expect(readdirSync(at('two'))).toEqual([]);
  });

  it('is written over nothing, and leaves nothing half done', async () => {
    await exported('out.zip');
    await expect(exported('out.zip')).rejects.toThrow(/EEXIST/);
    writeFileSync(at('there.zip'), 'kept');
    await expect(exported('there.zip')).rejects.toThrow(/EEXIST/);
    expect([readFileSync(at('there.zip'), 'utf8'), existsSync(noteOf(at('there.zip')))]).toEqual([
      'kept',
      false,
    ]);
    await expect(exported('nowhere/out.zip')).rejects.toThrow(/ENOENT/);
    expect(readdirSync(base).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(existsSync(noteOf(at('nowhere/out.zip')))).toBe(false);
  });
});
