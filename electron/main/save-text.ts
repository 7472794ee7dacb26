import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { app, type BaseWindow, dialog } from 'electron';
import { z } from 'zod';
import type { SaveOutcome } from '#shared/contract/bridge.ts';
import { rawText, shortText } from '#shared/domain/bounds.ts';

/** What the page may hand over. */
export const textFile = z.strictObject({
  fileName: shortText,
  mediaType: shortText,
  text: rawText,
  base64: z.boolean().default(false),
});

/** A name without a folder in it, not hidden, of characters that every file system takes. */
function safeName(fileName: string): string {
  const name = basename(fileName)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '');
  return name === '' ? 'swarmkeep.txt' : name;
}

/**
 * Save a text where the person says. The folder is chosen in the system's dialog only, never by the page, and the
 * dialog asks before it replaces a file.
 * @returns how it ended; never throws
 */
export async function saveText(
  window: BaseWindow | null,
  file: z.infer<typeof textFile>,
): Promise<SaveOutcome> {
  if (window === null) return { saved: false, reason: 'refused' };
  try {
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Save',
      defaultPath: join(app.getPath('downloads'), safeName(file.fileName)),
      properties: ['showOverwriteConfirmation', 'createDirectory'],
    });
    if (canceled || filePath === '') return { saved: false, reason: 'cancelled' };
    // Findings say where a house is open: for the operator's eyes only.
    await writeFile(filePath, file.base64 ? Buffer.from(file.text, 'base64') : file.text, { mode: 0o600 });
    return { saved: true };
  } catch {
    return { saved: false, reason: 'failed' };
  }
}
