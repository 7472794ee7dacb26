/**
 * What the rules cannot know by themselves: the interfaces, addresses and routes of the host. With null the host is not known
 * (a rule set from a file), and a verdict that depends on it is unknown.
 */
export interface HostContext {
  readonly interfaces: readonly HostInterface[] | null;
  readonly routes: readonly HostRoute[] | null;
  /** net.ipv4.ip_forward and net.ipv6.conf.all.forwarding; null: not known. */
  readonly forwarding: { readonly 4: boolean | null; readonly 6: boolean | null };
}

export interface HostInterface {
  readonly name: string;
  readonly addresses: readonly { readonly version: 4 | 6; readonly value: bigint; readonly prefix: number }[];
}

export interface HostRoute {
  readonly version: 4 | 6;
  /** The network, as a number and its prefix in bits; 0/0 is the default route. */
  readonly value: bigint;
  readonly prefix: number;
  readonly oifname: string | null;
}

export const UNKNOWN_HOST: HostContext = {
  interfaces: null,
  routes: null,
  forwarding: { 4: null, 6: null },
};
