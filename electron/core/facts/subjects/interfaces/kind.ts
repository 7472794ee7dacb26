import type { InterfaceFact } from '#shared/domain/facts/network.ts';

/** What is known of an interface that tells what kind it is. */
export interface KindClues {
  name: string;
  /** `link_type` of ip(8): loopback, ether, none, ppp … */
  linkType: string;
  /** `info_kind` of ip(8): bridge, veth, wireguard … */
  infoKind: string;
  /** Found in sysfs: wifi, bridge, vpn, device, or empty. */
  sysfs: string;
  enslaved: boolean;
}

const CONTAINER_NAME =
  /^(?:docker[0-9]*|br-[0-9a-f]{12}|podman[0-9]*|cni[0-9-].*|cni-podman.*|lxcbr[0-9]*|lxdbr[0-9]*|flannel.*|cali.*|kube-.*)$/;
const VPN_KIND = /^(?:wireguard|tun|ipip|sit|gre|gretap|ip6tnl|ip6gre|vti|vti6|xfrm|ovpn|l2tp|ppp)$/;
const VPN_NAME = /^(?:wg|tun|tap|ppp|tailscale|zt|nebula|ipsec)[0-9a-z-]*$/;

/** The kind of an interface, from what the kernel says first and from its name last. */
export function kindOf(clues: KindClues): InterfaceFact['kind'] {
  const { name, linkType, infoKind, sysfs } = clues;
  if (linkType === 'loopback') return 'loopback';
  if (sysfs === 'wifi') return 'wifi';
  if (CONTAINER_NAME.test(name)) return 'container';
  if (/^(?:wwan|rmnet|wwp)/.test(name) || infoKind === 'wwan') return 'mobile';
  if (infoKind === 'bridge' || sysfs === 'bridge') return 'bridge';
  if (VPN_KIND.test(infoKind) || sysfs === 'vpn') return 'vpn';
  // A container's own end of a veth pair is its network card; the end on the node leads to a container.
  if (infoKind === 'veth') return !clues.enslaved && /^(?:eth|en)/.test(name) ? 'ethernet' : 'container';
  if (infoKind !== '') return 'virtual';
  if (VPN_NAME.test(name)) return 'vpn';
  if (sysfs === 'device') return 'ethernet';
  if (linkType === 'ether') return /^(?:eth|en)/.test(name) ? 'ethernet' : 'virtual';
  return 'other';
}
