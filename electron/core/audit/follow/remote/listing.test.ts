import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readListings } from './listing.ts';

const wanted = [{ folder: '/var/log', base: 'a.log' }];
const listing = (...lines: string[]) =>
  readListings(Buffer.from(`= yes 0\n${lines.join('\n')}\n`), wanted)[0];

describe('readListings', () => {
  it('reads what lstat says', () => {
    const files = listing('65024 12 345 1795340506.709 1795340000.001 0 1 81a4 ./a.log')?.files;
    expect(files).toEqual([
      {
        file: {
          folder: '/var/log',
          name: 'a.log',
          device: '65024',
          inode: '12',
          size: 345,
          modifiedAt: 1795340506709,
          bornAt: 1795340000001,
          owner: 0,
        },
        trouble: null,
      },
    ]);
  });

  it.for([
    ['a pipe', '1 2 0 1.000 0.000 0 1 11a4 ./a.log', 'pipe'],
    ['a device', '1 2 0 1.000 - 0 1 21a4 ./a.log', 'device'],
    ['a link', '1 2 0 1.000 - 0 1 a1ff ./a.log', 'link'],
    ['no known kind', '1 2 0 1.000 - 0 1 1a4 ./a.log', 'not a file'],
  ])('says of %s that it is not followed', ([, line, words]) => {
    expect(listing(line ?? '')?.files[0]?.trouble).toContain(words);
  });

  it('says of another name of a foreign file that it is not followed', () => {
    const body = Buffer.from('= yes 1000\n1 2 0 1.000 0.000 0 2 81a4 ./a.log\n');
    expect(readListings(body, wanted)[0]?.files[0]?.trouble).toContain('another name');
  });

  it.for([
    '1 2 0 1.000 0.000 0 1 81a4 ./../etc/shadow',
    '1 2 0 1.000 0.000 0 1 81a4 ./..',
    '1 2 0 1.000 0.000 0 1 81a4 /etc/shadow',
    '-1 2 0 1.000 0.000 0 1 81a4 ./a.log',
    '1 2 99999999999999999999 1.000 0.000 0 1 81a4 ./a.log',
  ])('leaves out %j', (line) => {
    expect(listing(line)?.files).toEqual([]);
  });

  it('bears anything', () => {
    const line = fc.oneof(fc.string(), fc.constant('= yes 0'), fc.constant('1 2 3 1.000 0.000 0 1 81a4 ./x'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const listings = readListings(Buffer.from(lines.join('\n')), wanted);
        expect(listings.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
