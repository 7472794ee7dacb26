import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCheckpoint, signCheckpoint } from './checkpoint.ts';
import { fromBase64, leafHash, toBase64 } from './hash.ts';
import { isSignedBy, makeSigner, readNote, readSigner, readVerifier, signNote } from './signed-note.ts';
import { readTlogProof, writeTlogProof } from './tlog-proof.ts';

/** The example of golang.org/x/mod/sumdb/note: key, text and signature. */
const KEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

const signer = readSigner(KEY);
const verifier = readVerifier(VERIFIER);
if (signer === null || verifier === null) throw new Error('The known keys cannot be read');

describe('signed notes', () => {
  it('sign as the Go package does, byte for byte, and take its notes', () => {
    expect(signer.verifier.text).toBe(VERIFIER);
    expect(signNote(TEXT, signer)).toBe(NOTE);
    const note = readNote(NOTE);
    expect(note?.text).toBe(TEXT);
    expect(note && isSignedBy(note, verifier)).toBe(true);
  });

  it('do not hold after a change of any one byte', () => {
    for (let at = 0; at < TEXT.length; at += 1) {
      const changed = `${TEXT.slice(0, at)}${TEXT[at] === 'x' ? 'y' : 'x'}${TEXT.slice(at + 1)}`;
      const note = readNote(NOTE.replace(TEXT, changed));
      expect(note !== null && isSignedBy(note, verifier)).toBe(false);
    }
    const other = makeSigner('PeterNeumann').signer;
    const note = readNote(NOTE);
    expect(note && isSignedBy(note, other.verifier)).toBe(false);
  });

  it('are refused when one signature of the key holds and another does not', () => {
    const [, line = ''] = NOTE.split('\n\n');
    const wrong = signNote('other\n', signer).split('\n\n')[1] ?? '';
    const note = readNote(`${TEXT}\n${line}${wrong}`);
    expect(note?.signatures).toHaveLength(2);
    expect(note && isSignedBy(note, verifier)).toBe(false);
  });

  it.each([
    '',
    '\n',
    'a',
    'a\n\n',
    'a\n\nb\n',
    'a\t\n\n— a AAAAAAA=\n',
    NOTE.slice(0, -1),
    NOTE.replace('x08', 'x0?'),
  ])('that are none are not read: %j', (text) => expect(readNote(text)).toBeNull());

  it('survive any text', { timeout: 30_000 }, () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readNote(text)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void readCheckpoint(`${text}\n\n— a AAAAAAAA\n`)),
    );
  });

  it.each([KEY.slice(0, -1), KEY.replace('c74f20a3', 'c74f20a4'), KEY.replace('+AY', '+BY'), `x${KEY}`, ''])(
    'keys that are damaged are not read (%#)',
    (text) => expect(readSigner(text)).toBeNull(),
  );

  it('makes keys that read back', () => {
    const made = makeSigner('swarmkeep/1');
    expect(readSigner(`${made.text}\n`)?.verifier.text).toBe(made.signer.verifier.text);
    expect(readVerifier(made.signer.verifier.text)?.id).toBe(made.signer.verifier.id);
    expect(readVerifier(made.signer.verifier.text.replace('swarmkeep/1', 'swarmkeep/2'))).toBeNull();
  });
});

describe('checkpoints', () => {
  const root = leafHash('root');

  it('have origin, size and root on a line each', () => {
    const text = signCheckpoint(12, root, signer);
    expect(text.split('\n').slice(0, 4)).toEqual(['PeterNeumann', '12', toBase64(root), '']);
    const read = readCheckpoint(text);
    expect(read).toMatchObject({ origin: 'PeterNeumann', size: 12, root });
    expect(read && isSignedBy(read.note, verifier)).toBe(true);
  });

  it('are read after a mail program or Windows had them', () => {
    const read = readCheckpoint(`\n  ${signCheckpoint(12, root, signer).replaceAll('\n', '\r\n')}\r\n\r\n`);
    expect(read && isSignedBy(read.note, verifier)).toBe(true);
  });

  it('are taken as the specification shows them', () => {
    const read = readCheckpoint(
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
    );
    expect(read).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
  });

  it.each(['012', '-1', '1.5', '9007199254740993', '', '1 '])('with a size of %j are refused', (size) => {
    expect(readCheckpoint(signNote(`PeterNeumann\n${size}\n${toBase64(root)}\n`, signer))).toBeNull();
  });

  it('with a root of another length, or written otherwise, are refused', () => {
    for (const text of ['AAAA', `${toBase64(root)}=`, toBase64(root).slice(0, -1), '']) {
      expect(readCheckpoint(signNote(`PeterNeumann\n1\n${text}\n`, signer))).toBeNull();
      expect(fromBase64(text)).toBeNull();
    }
  });
});

it('writes proofs that read back, with the event in them', () => {
  const proof = { text: '{"a":"ü"}', index: 73_894, path: [leafHash('a'), leafHash('b')], checkpoint: NOTE };
  const text = writeTlogProof(proof);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'c2sp.org/tlog-proof@v1',
    `extra ${Buffer.from(proof.text).toString('base64')}`,
    'index 73894',
  ]);
  expect(readTlogProof(text)).toEqual(proof);
  for (const broken of [
    '',
    text.slice(1),
    text.replace('index 7', 'index 07'),
    text.replace('extra', 'extro'),
  ]) {
    expect(readTlogProof(broken)).toBeNull();
  }
});
