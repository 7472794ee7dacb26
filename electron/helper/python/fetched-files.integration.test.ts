import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchedFiles, refuseOtherFiles } from './fetched-files.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const DEMO = [{ name: 'de-mo', to: '1.1' }];

describe('what pip says it unpacked', () => {
  let path = '';
  const place = () => join(path, 'scratch/report.json');
  const stage = () => ({ name: 'x', path, files: join(path, 'files') });
  const item = (
    archive: unknown,
    url = 'https://u:secret@index/x/De_mo-1.1-py3-none-any.whl?token=t#sha256=f',
    name = 'De_Mo',
  ) => ({
    metadata: { name, description: 'long' },
    download_info: { url, archive_info: archive },
  });
  const told = (install: unknown[] | string) => {
    writeFileSync(place(), typeof install === 'string' ? install : JSON.stringify({ version: '1', install }));
    return fetchedFiles(stage(), DEMO);
  };

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'swarmkeep-report-'));
    mkdirSync(join(path, 'scratch'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('is the file and its SHA-256, in the words of older and newer pips, without what is secret in the address', () => {
    const wanted = [{ name: 'de-mo', version: '1.1', file: 'De_mo-1.1-py3-none-any.whl', sha256: A }];
    expect(told([item({ hash: `sha256=${A}` })])).toEqual(wanted);
    expect(told([item({ hash: `sha256=${B}`, hashes: { sha256: A.toUpperCase() } })])).toEqual(wanted);
    expect(told([item({}, 'https://h/x', 'other'), item({ hashes: { sha256: A } })])).toEqual(wanted);
  });

  it('is no hash where pip was told another kind, or something else', () => {
    for (const archive of [{}, { hash: 'md5=abc' }, { hash: `sha256=${A}x` }, { hashes: { md5: 'a' } }])
      expect(told([item(archive)]), JSON.stringify(archive)).toMatchObject([{ sha256: null }]);
    for (const url of [
      'https://h/x%0a.whl',
      'https://h/..%2f..%2fx.whl',
      'file:///x.tar.gz',
      'https://h/%zz.whl',
    ])
      expect(told([item({}, url)])?.[0]?.file, url).toMatch(/^[\w.+!-]*$/);
  });

  it('is nothing where a package is missing or there twice, and for whatever is no report', () => {
    const one = item({ hash: `sha256=${A}` });
    expect(told([])).toBeNull();
    expect(told([one, one])).toBeNull();
    for (const text of [
      '',
      'null',
      '[]',
      '{"install":{}}',
      '{',
      '['.repeat(200_000),
      '{"__proto__":{"install":[]}}',
    ])
      expect(told(text), text.slice(0, 30)).toBeNull();
    expect(told(Array.from({ length: 65 }, () => one))).toBeNull();
    rmSync(place());
    expect(fetchedFiles(stage(), DEMO)).toBeNull();
  });

  it('is not read through a link', () => {
    told([item({ hash: `sha256=${A}` })]);
    writeFileSync(join(path, 'elsewhere.json'), JSON.stringify({ install: [item({ hash: `sha256=${A}` })] }));
    rmSync(place());
    symlinkSync(join(path, 'elsewhere.json'), place());
    expect(fetchedFiles(stage(), DEMO)).toBeNull();
  });

  it('has to be a known file where one is known', () => {
    const wheel = (sha256: string | null) => [{ name: 'de-mo', version: '1.1', file: '', sha256 }];
    const asked = [{ ...(DEMO[0] ?? { name: '', to: '' }), sha256: [A] }];
    expect(() => refuseOtherFiles(asked, wheel(A))).not.toThrow();
    expect(() => refuseOtherFiles(DEMO, null)).not.toThrow();
    expect(() => refuseOtherFiles(asked, wheel(B))).toThrow(/serves another file/);
    expect(() => refuseOtherFiles(asked, wheel(null))).toThrow(/did not tell/);
    expect(() => refuseOtherFiles(asked, null)).toThrow(/did not tell/);
    expect(() => refuseOtherFiles(asked, [])).toThrow(/did not tell/);
  });
});
