// What the console itself is made of, as CycloneDX 1.6: from package-lock.json, which holds every package by version and hash.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** Packages that are bundled or shipped although they are for development by their place: the desktop shell itself. */
const SHIPPED = new Set(['electron']);

/** Algorithms of an integrity (W3C, "Subresource Integrity") as CycloneDX calls them. */
const ALGORITHMS = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

function hashesOf(integrity = '') {
  return integrity
    .split(/\s+/)
    .map((word) => /^(sha256|sha384|sha512)-([A-Za-z0-9+/]+=*)$/.exec(word))
    .filter((match) => match !== null)
    .map(([, algorithm, digest]) => ({
      alg: ALGORITHMS[algorithm],
      content: Buffer.from(digest, 'base64').toString('hex'),
    }));
}

/** Package URL (purl specification, type npm): the scope is a segment of its own, with its @ written as %40. */
export function purlOf(name, version) {
  const path = name
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

const nameOf = (place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Where Node finds `name` from `place`: in its own folder of packages, then in those above (Node.js, "Loading from node_modules"). */
function resolved(packages, place, name) {
  for (let at = place; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (at === '') return null;
  }
}

/** npm asks for an SPDX expression, of which one identifier is the simplest. */
const isExpression = (licence) => /^[A-Za-z0-9.()+ -]+$/.test(licence);

/**
 * @param {{packages: Record<string, any>}} lock package-lock.json, lockfileVersion 3
 * @returns {object} the bill, the same for the same lock
 */
export function billOf(lock) {
  const { '': own, ...packages } = lock.packages;
  const candidates = new Set(
    Object.entries(packages)
      .filter(([place, { dev, link }]) => link !== true && (dev !== true || SHIPPED.has(nameOf(place))))
      .map(([place]) => place),
  );
  const refOf = (place) => `${place}@${packages[place].version}`;
  const needs = (place, { dependencies = {}, optionalDependencies = {} }) =>
    [
      ...new Set(
        [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
          .map((name) => resolved(packages, place, name))
          .filter((target) => target !== null && candidates.has(target)),
      ),
    ].sort();
  const ownNeeds = {
    dependencies: { ...own.dependencies, ...Object.fromEntries([...SHIPPED].map((name) => [name, ''])) },
    optionalDependencies: own.optionalDependencies,
  };
  // Types and the like are in the lock beside what is shipped: only what something of ours needs is in the bill.
  const reached = new Set();
  const waiting = needs('', ownNeeds);
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (reached.has(place)) continue;
    reached.add(place);
    waiting.push(...needs(place, packages[place]));
  }
  const shipped = Object.entries(packages).filter(([place]) => reached.has(place));
  // The serial number comes from the contents, so that two builds of one lock are the same byte for byte.
  const digest = createHash('sha256').update(JSON.stringify(shipped)).digest('hex');
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': 'swarmkeep',
        name: own.name,
        version: own.version,
        licenses: [{ license: { id: own.license } }],
      },
    },
    components: shipped.map(([place, entry]) => ({
      type: 'library',
      'bom-ref': refOf(place),
      name: nameOf(place),
      version: entry.version,
      ...(entry.optional === true ? { scope: 'optional' } : {}),
      ...(hashesOf(entry.integrity).length > 0 ? { hashes: hashesOf(entry.integrity) } : {}),
      ...(typeof entry.license === 'string'
        ? {
            licenses: isExpression(entry.license)
              ? [{ expression: entry.license }]
              : [{ license: { name: entry.license } }],
          }
        : {}),
      purl: purlOf(nameOf(place), entry.version),
    })),
    dependencies: [
      { ref: 'swarmkeep', dependsOn: needs('', ownNeeds).map(refOf) },
      ...shipped.map(([place, entry]) => ({ ref: refOf(place), dependsOn: needs(place, entry).map(refOf) })),
    ],
  };
}

/** Writes the bill of a lock file. */
export function writeBill(lockFile, target) {
  writeFileSync(target, `${JSON.stringify(billOf(JSON.parse(readFileSync(lockFile, 'utf8'))), null, 2)}\n`);
}
