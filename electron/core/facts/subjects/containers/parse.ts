import { z } from 'zod';
import type { ContainerFacts } from '#shared/domain/facts/network.ts';

type Container = ContainerFacts['engines'][number]['containers'][number];

const text = z.string().max(16_384);

/** What is needed of GET /containers/ID/json (Docker Engine API) and `podman inspect`; the rest is not read. */
const inspection = z.object({
  Id: text,
  Name: text.default(''),
  Image: text.default(''),
  ImageName: text.optional(),
  Config: z.object({ User: text.nullish(), Image: text.nullish() }).nullish(),
  HostConfig: z.object({ Privileged: z.boolean().nullish(), NetworkMode: text.nullish() }).nullish(),
  NetworkSettings: z
    .object({
      Ports: z
        .record(
          text,
          z
            .array(z.object({ HostIp: text.nullish(), HostPort: text.nullish() }))
            .max(256)
            .nullish(),
        )
        .nullish(),
    })
    .nullish(),
  Mounts: z
    .array(z.object({ Source: text.nullish(), Destination: text.nullish(), RW: z.boolean().nullish() }))
    .max(1_024)
    .nullish(),
});

function portsOf(
  ports: Record<
    string,
    { HostIp?: string | null | undefined; HostPort?: string | null | undefined }[] | null | undefined
  >,
): Container['ports'] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const match = /^([0-9]{1,5})(?:\/([a-z]{1,8}))?$/.exec(key);
    return (bindings ?? []).flatMap((binding) => {
      const hostPort = Number(binding.HostPort);
      const containerPort = Number(match?.[1]);
      if (!match || !Number.isInteger(hostPort) || hostPort > 65_535 || containerPort > 65_535) return [];
      // The engine writes an empty address for "every address".
      const hostAddress = (binding.HostIp || '0.0.0.0').slice(0, 256);
      return [{ hostAddress, hostPort, containerPort, protocol: match[2] ?? 'tcp' }];
    });
  });
}

function fromInspection(value: unknown): Container | null {
  const checked = inspection.safeParse(value);
  if (!checked.success) return null;
  const { data } = checked;
  return {
    id: data.Id.slice(0, 12),
    name: data.Name.replace(/^\//, '').slice(0, 256),
    image: (data.Config?.Image || data.ImageName || data.Image).slice(0, 256),
    user: (data.Config?.User ?? '').slice(0, 256),
    privileged: data.HostConfig?.Privileged ?? false,
    networkMode: (data.HostConfig?.NetworkMode ?? '').slice(0, 256),
    ports: portsOf(data.NetworkSettings?.Ports ?? {}).slice(0, 256),
    mounts: (data.Mounts ?? []).slice(0, 256).map((mount) => ({
      source: mount.Source ?? '',
      target: mount.Destination ?? '',
      readOnly: mount.RW === false,
    })),
  };
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return bytes ? JSON.parse(bytes.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the running containers of an engine.
 * @param list answer of GET /containers/json, to know how many there are; undefined for podman's program
 * @param inspections one object each, or lists of them
 * @returns null when the list is no list (an error of the engine, lies); `complete` is false when a container is missing
 */
export function readContainers(
  list: Buffer | undefined,
  inspections: readonly Buffer[],
): { containers: Container[]; complete: boolean } | null {
  const listed = list === undefined ? null : parseJson(list);
  if (list !== undefined && !Array.isArray(listed)) return null;
  const values = inspections.flatMap((bytes) => {
    const value = parseJson(bytes);
    return Array.isArray(value) ? value : [value];
  });
  const containers = values
    .map(fromInspection)
    .filter((entry) => entry !== null)
    .slice(0, 512);
  const expected = Array.isArray(listed) ? listed.length : values.length;
  return { containers, complete: containers.length === expected };
}
