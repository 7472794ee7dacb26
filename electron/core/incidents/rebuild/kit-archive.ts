import { Header } from 'tar';
import type { RebuildKit } from '#shared/domain/incident/rebuild.ts';
import type { IncidentReportFile } from '#shared/domain/incident/report-file.ts';

const BLOCK = 512;

/** @returns a kit as one tar file (POSIX ustar), with folders and names of our own words and nothing that can be run by its mode but scripts */
export function kitArchive(
  { files }: Pick<RebuildKit, 'files'>,
  number: number,
  now: Date = new Date(),
): IncidentReportFile {
  const folder = `swarmkeep-kit-${number}`;
  const parts = files.flatMap(({ path, text }) => {
    const content = Buffer.from(text, 'utf8');
    const header = new Header({
      path: `${folder}/${path}`,
      mode: path.endsWith('.sh') ? 0o700 : 0o600,
      type: 'File',
      size: content.length,
      mtime: now,
      uid: 0,
      gid: 0,
    });
    const block = Buffer.alloc(BLOCK);
    header.encode(block, 0);
    return [block, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  const whole = Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
  return {
    fileName: `${folder}.tar`,
    mediaType: 'application/x-tar',
    text: whole.toString('base64'),
    base64: true,
  };
}
