// Draws assets/icons from its SVG sources with the installed Chromium: `node scripts/run.mjs icons`. The files are
// committed; run it again when a source changes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { root } from './node-runtime.mjs';

const icons = join(root, 'assets', 'icons');
const source = (name) => readFileSync(join(icons, 'source', `${name}.svg`), 'utf8');

/** Sizes that Linux desktops look for (Icon Theme Specification), and 1024 for macOS. */
const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Height of a tray icon in device-independent pixels, and the densities that are drawn. */
const TRAY_SIZE = 22;
const DENSITIES = [1, 2];

/**
 * Colours of the tokens, for a light bar and for a dark one. A macOS template has one colour and its shape alone:
 * window, door and round window tell the states apart without colour.
 */
const GROUNDS = {
  '-light': { house: '#211E1A', fine: '#34569F', fix: '#A2412B', review: '#835600' },
  '-dark': { house: '#EDE9E2', fine: '#94B1EC', fix: '#E79278', review: '#DDB567' },
  Template: { house: '#000000', fine: '#000000', fix: '#000000', review: '#000000' },
};

/** @returns {Promise<Buffer>} PNG of `size` by `size` pixels with a transparent ground */
async function draw(page, svg, size, style = '') {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html{${style}}body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  );
  return page.screenshot({ omitBackground: true });
}

/**
 * An .ico of PNG images (Windows takes them since Vista).
 * @param {Map<number, Buffer>} images by size in pixels, at most 256
 */
function ico(images) {
  const header = Buffer.alloc(6 + 16 * images.size);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.size, 4);
  let offset = header.length;
  [...images].forEach(([size, png], index) => {
    const at = 6 + 16 * index;
    // 256 is written as 0; one plane, 32 bits.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.values()]);
}

/** An .icns of PNG images: a type of four letters and a length before each. */
function icns(entries) {
  const chunks = entries.map(([type, png]) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(8 + png.length, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(8 + chunks.reduce((sum, chunk) => sum + chunk.length, 0), 4);
  return Buffer.concat([head, ...chunks]);
}

const browser = await chromium.launch({
  executablePath: process.env.SWARMKEEP_CHROMIUM ?? '/usr/bin/chromium',
  // Draws our own files only; Chromium refuses its sandbox to root.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage();
  const drawn = new Map();
  mkdirSync(join(icons, 'linux'), { recursive: true });
  for (const size of APP_SIZES) {
    drawn.set(size, await draw(page, source('app'), size));
    if (size < 1024) writeFileSync(join(icons, 'linux', `${size}x${size}.png`), drawn.get(size));
  }
  writeFileSync(
    join(icons, 'icon.ico'),
    ico(new Map([16, 24, 32, 48, 64, 128, 256].map((size) => [size, drawn.get(size)]))),
  );
  writeFileSync(
    join(icons, 'icon.icns'),
    icns([
      ['ic11', drawn.get(32)],
      ['ic12', drawn.get(64)],
      ['ic07', drawn.get(128)],
      ['ic08', drawn.get(256)],
      ['ic09', drawn.get(512)],
      ['ic10', drawn.get(1024)],
    ]),
  );
  mkdirSync(join(icons, 'tray'), { recursive: true });
  for (const state of ['fine', 'fix', 'review'])
    for (const [ground, colours] of Object.entries(GROUNDS))
      for (const density of DENSITIES) {
        const png = await draw(
          page,
          source(`tray-${state}`),
          TRAY_SIZE * density,
          `--house:${colours.house};--state:${colours[state]}`,
        );
        const suffix = density === 1 ? '' : `@${density}x`;
        writeFileSync(join(icons, 'tray', `tray-${state}${ground}${suffix}.png`), png);
      }
} finally {
  await browser.close();
}
