import { z } from 'zod';
import {
  lineText,
  listOf,
  modeBits,
  numericId,
  pathText,
  portNumber,
  rawText,
  shortText,
} from '../bounds.ts';

export const addressFamily = z.union([z.literal(4), z.literal(6)]);

/** One listening socket. Sources: ss -Hlntupe, else /proc/net/{tcp,tcp6,udp,udp6} (uid without root). */
export const listeningSocket = z.object({
  family: addressFamily,
  protocol: z.enum(['tcp', 'udp']),
  /** Textual address without brackets; `0.0.0.0` and `::` mean every address. */
  address: shortText,
  port: portNumber,
  /** Interface it is bound to (`%eth0`), if any. */
  interface: shortText.nullable(),
  uid: numericId,
  user: shortText.nullable(),
  pids: listOf(z.int().positive(), 64),
  processName: shortText.nullable(),
  /** Only for `::`: true when IPv4 is not accepted as well; null when not known. */
  ipv6Only: z.boolean().nullable(),
  unit: shortText.nullable(),
  /** The line as `ss` or procfs printed it. */
  raw: lineText,
});
export type ListeningSocket = z.infer<typeof listeningSocket>;

export const socketFacts = z.object({ listening: listOf(listeningSocket, 16_384) });
export type SocketFacts = z.infer<typeof socketFacts>;

export const interfaceKind = z.enum([
  'loopback',
  'ethernet',
  'wifi',
  'bridge',
  'vpn',
  'container',
  'virtual',
  'mobile',
  'other',
]);

/** One interface. Sources: ip -j address, ip -j -d link, /sys/class/net. */
export const interfaceFact = z.object({
  name: shortText,
  kind: interfaceKind,
  /** Administratively up and, where the driver tells, with carrier. */
  up: z.boolean(),
  carrier: z.boolean().nullable(),
  mac: shortText.nullable(),
  master: shortText.nullable(),
  addresses: listOf(
    z.object({
      family: addressFamily,
      address: shortText,
      prefix: z.int().min(0).max(128),
      scope: shortText,
    }),
    256,
  ),
  /** Bytes since boot; null when not readable. */
  receivedBytes: z.number().min(0).nullable(),
  sentBytes: z.number().min(0).nullable(),
});
export type InterfaceFact = z.infer<typeof interfaceFact>;

export const interfaceFacts = z.object({
  interfaces: listOf(interfaceFact, 1_024),
  routes: listOf(
    z.object({
      family: addressFamily,
      destination: shortText,
      gateway: shortText.nullable(),
      interface: shortText.nullable(),
    }),
    8_192,
  ),
  /** Radios: rfkill(8) entries. */
  radios: listOf(z.object({ name: shortText, kind: shortText, blocked: z.boolean() }), 64),
  resolvers: listOf(shortText, 32),
  /** Whether packets of others are passed on, by any interface (ip-sysctl of the kernel); null: not known. */
  forwarding: z
    .object({ ipv4: z.boolean().nullable(), ipv6: z.boolean().nullable() })
    .nullable()
    .default(null),
  /** Whether rules of ip-rule(8) besides those of every kernel choose among routing tables; null: not known. */
  policyRouting: z.boolean().nullable().default(null),
});
export type InterfaceFacts = z.infer<typeof interfaceFacts>;

/** What loads packet rules when the machine starts, and what it would load. Sources: systemctl show, the files themselves. */
export const bootRules = z.object({
  /** Units of systemd that run nft or iptables-restore. */
  loaders: listOf(
    z.object({
      unit: shortText,
      /** Started at boot: enabled, or wanted by something that is. */
      enabled: z.boolean(),
      active: z.boolean(),
      /** Paths among `files`, in the order in which it loads them. */
      files: listOf(pathText, 16),
      /** What it runs when it starts, stops and is reloaded, one command each; absent where that was not looked at. */
      starts: listOf(lineText, 16).nullish(),
      stops: listOf(lineText, 16).nullish(),
      reloads: listOf(lineText, 16).nullish(),
      /** `After=`, as far as these loaders are named there. */
      after: listOf(shortText, 64),
      /** Loaders with which it starts again (`PartOf=`, `BindsTo=`), and with which it reloads (`ReloadPropagatedFrom=`). */
      restartsWith: listOf(shortText, 64),
      reloadsWith: listOf(shortText, 64),
      /** Units that do not run without it (`RequiredBy=`, `BoundBy=`). */
      requiredBy: listOf(shortText, 64),
    }),
    32,
  ),
  files: listOf(
    z.object({
      path: pathText,
      language: z.enum(['nft', 'iptables-save']),
      /** Of a file of iptables-save; null for nft. */
      family: addressFamily.nullable(),
      /** The file as it stands; null when it could not be read. */
      text: rawText.nullable(),
      /** For nft: `nft -j list ruleset` in a network namespace of its own in which this file was loaded; null when it was not. */
      loaded: rawText.nullable(),
      /** Why there is no `text`, or for nft no `loaded`. */
      problem: lineText.nullable(),
    }),
    32,
  ),
  /** Other files that name nft or iptables and may be run at boot: rc.local, scripts of interfaces, crontabs. */
  elsewhere: listOf(pathText, 64),
});
export type BootRules = z.infer<typeof bootRules>;

/** The rule sets as they were printed; read into a model by core/firewall. Null: the tool is absent or refused. */
export const firewallFacts = z.object({
  /** `nft -j list ruleset` */
  nftJson: rawText.nullable(),
  /** `iptables-save` and `ip6tables-save`, nf_tables and legacy back ends. */
  saves: listOf(
    z.object({ family: addressFamily, backend: z.enum(['nf_tables', 'legacy', 'unknown']), text: rawText }),
    8,
  ),
  toolsPresent: listOf(shortText, 32),
  /** Managers found: their state in their own words. */
  managers: listOf(
    z.object({
      name: z.enum(['ufw', 'firewalld', 'nftables.service', 'netfilter-persistent', 'other']),
      active: z.boolean().nullable(),
      enabledAtBoot: z.boolean().nullable(),
      status: rawText,
    }),
    16,
  ),
  /** Null or absent when it was not looked at. */
  boot: bootRules.nullish(),
});
export type FirewallFacts = z.infer<typeof firewallFacts>;

/** Container engines. Sources: the engine's socket and CLI where readable; nothing is started. */
export const containerFacts = z.object({
  engines: listOf(
    z.object({
      name: z.enum(['docker', 'podman']),
      socket: z
        .object({
          path: pathText,
          mode: modeBits,
          uid: numericId,
          gid: numericId,
          group: shortText.nullable(),
        })
        .nullable(),
      reachable: z.boolean(),
      rootless: z.boolean().nullable(),
      containers: listOf(
        z.object({
          id: shortText,
          name: shortText,
          image: shortText,
          user: shortText,
          privileged: z.boolean(),
          networkMode: shortText,
          ports: listOf(
            z.object({
              hostAddress: shortText,
              hostPort: portNumber,
              containerPort: portNumber,
              protocol: shortText,
            }),
            256,
          ),
          mounts: listOf(z.object({ source: pathText, target: pathText, readOnly: z.boolean() }), 256),
        }),
        512,
      ),
    }),
    4,
  ),
});
export type ContainerFacts = z.infer<typeof containerFacts>;
