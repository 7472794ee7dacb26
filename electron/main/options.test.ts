import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('reads the folder and the sample node, wherever they stand', () => {
    expect(readOptions(['/app', '--data-dir', '/tmp/records', '--sample'])).toEqual({
      dataFolder: '/tmp/records',
      sample: true,
    });
    expect(readOptions(['--sample', '--data-dir=/tmp/records'])).toMatchObject({
      dataFolder: '/tmp/records',
    });
    expect(readOptions(['--data-dir', 'records']).dataFolder).toBe(`${process.cwd()}/records`);
  });

  it.each([
    [],
    ['swarmkeep://settings'],
    ['--data-dir'],
    ['--data-dir='],
    ['--data-dir', '/tmp/a\0b'],
    ['--no-sandbox', '--inspect=0', '--remote-debugging-port=0'],
  ])('has no folder from %j', (...words) => {
    expect(readOptions(words)).toEqual({ dataFolder: null, sample: false });
  });

  it('never throws, and a folder is always absolute', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const { dataFolder } = readOptions(words);
        if (dataFolder !== null) expect(dataFolder.startsWith('/')).toBe(true);
      }),
    );
  });
});
