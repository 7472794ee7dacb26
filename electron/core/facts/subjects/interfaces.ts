import type { Gap } from '#shared/domain/facts/observation.ts';
import type { Collector } from '../collector.ts';
import { decodeShort, decodeText } from '../script/decode.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';
import { areRoutesTold, readInterfaces, readRoutes, type SysfsEntry } from './interfaces/parse.ts';
import { readForwarding, readRules } from './interfaces/routing.ts';

const SCRIPT = `${PRELUDE}
value() { value_line=; read -r value_line 2>/dev/null < "$1" || :; }
if has ip; then
  emit address "$(limited 3 ip -j -d -s address 2>/dev/null | head -c 4194304)"
  emit route-inet "$(limited 3 ip -j -4 route show 2>/dev/null | head -c 1048576)"
  emit route-inet-six "$(limited 3 ip -j -6 route show 2>/dev/null | head -c 1048576)"
  emit rule-inet "$(limited 3 ip -j -4 rule show 2>/dev/null | head -c 262144)"
  emit rule-inet-six "$(limited 3 ip -j -6 rule show 2>/dev/null | head -c 262144)"
fi
forwards() { # values of the settings; empty when there is none
  forwarded=; for place; do [ ! -r "$place" ] || { value "$place"; forwarded=$forwarded$value_line; }; done
}
forwards /proc/sys/net/ipv4/conf/*/forwarding; forwarded_four=$forwarded
forwards /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/*/force_forwarding
emit forwarding "$forwarded_four" "$forwarded"
for folder in /sys/class/net/*; do
  [ -r "$folder/flags" ] || continue
  kind=
  [ -d "$folder/wireless" ] || [ -e "$folder/phy80211" ] && kind=wifi
  [ -d "$folder/bridge" ] && kind=bridge
  [ -e "$folder/tun_flags" ] && kind=vpn
  [ -z "$kind" ] && [ -e "$folder/device" ] && kind=device
  set -- "\${folder##*/}" "$kind"
  for file in flags carrier address statistics/rx_bytes statistics/tx_bytes; do value "$folder/$file"; set -- "$@" "$value_line"; done
  emit net "$@"
done
emit inet-six "$(head -c 65536 /proc/net/if_inet6 2>/dev/null)"
for radio in /sys/class/rfkill/rfkill*; do
  [ -r "$radio/type" ] || continue
  set --
  for file in name type soft hard; do value "$radio/$file"; set -- "$@" "$value_line"; done
  emit radio "$1" "$2" "$3$4"
done
for place in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
  emit resolvers "$place" "$(sed -n 's/^[[:space:]]*nameserver[[:space:]]\\{1,\\}\\([^[:space:]]\\{1,64\\}\\).*/\\1/p' "$place" 2>/dev/null | head -n 16)"
done
${END}`;

/** Interfaces, addresses, routes, radios and resolvers of the node. */
export const interfacesCollector: Collector<'interfaces'> = {
  subject: 'interfaces',
  trip: 1,
  budgetMs: 8_000,
  maxBytes: 8 * 1_048_576,
  source:
    'ip -d -s address; ip route; ip -6 route; ip rule; sysctl net.ipv4.conf net.ipv6.conf; ls /sys/class/net /sys/class/rfkill; cat /etc/resolv.conf',
  script: () => SCRIPT,
  parse(output) {
    const { records, finished } = readRecords(output);
    const content = (tag: string): Buffer | undefined =>
      records.find((record) => record.tag === tag)?.fields.at(-1);
    const sysfs: SysfsEntry[] = records
      .filter((record) => record.tag === 'net')
      .map(({ fields }) => ({
        name: decodeShort(fields[0]),
        kind: decodeShort(fields[1]),
        flags: decodeShort(fields[2]),
        carrier: decodeShort(fields[3]),
        mac: decodeShort(fields[4]),
        receivedBytes: decodeShort(fields[5]),
        sentBytes: decodeShort(fields[6]),
      }));
    const interfaces = readInterfaces(content('address'), sysfs, decodeText(content('inet-six'), 65_536));
    if (!interfaces) return unseen(whyUnfinished(output));
    const gaps: Gap[] = [...interfaces.gaps];
    const routes = [...readRoutes(content('route-inet'), 4), ...readRoutes(content('route-inet-six'), 6)];
    if (!content('route-inet'))
      gaps.push(gapOf('routes', 'the program ip is not installed', 'install iproute2'));
    else if (
      !areRoutesTold(content('route-inet')) ||
      // A kernel without IPv6 has no such routes, and ip says so with an error.
      (!areRoutesTold(content('route-inet-six')) && (content('inet-six')?.length ?? 0) > 0)
    )
      gaps.push(gapOf('routes', 'the program ip did not tell all of them'));
    if (!finished) gaps.push(gapOf('parts of the interfaces', whyUnfinished(output)));
    const radios = records
      .filter((record) => record.tag === 'radio')
      .slice(0, 64)
      .map(({ fields }) => ({
        name: decodeShort(fields[0]),
        kind: decodeShort(fields[1]),
        blocked: decodeShort(fields[2]).includes('1'),
      }));
    const forwarding = records.find((record) => record.tag === 'forwarding');
    const listed = records
      .filter((record) => record.tag === 'resolvers')
      .map((record) =>
        decodeText(record.fields[1])
          .split('\n')
          .filter((line) => line !== '' && line.length <= 64),
      );
    const first = listed[0] ?? [];
    // The stub of systemd-resolved answers for those that it asks itself; they are listed too.
    const resolvers = first.includes('127.0.0.53') ? [...first, ...(listed[1] ?? [])] : first;
    return seen(
      {
        interfaces: interfaces.list,
        routes: routes.slice(0, 8_192),
        radios,
        resolvers: [...new Set(resolvers)].slice(0, 32),
        forwarding: {
          ipv4: readForwarding(decodeText(forwarding?.fields[0], 65_536)),
          ipv6: readForwarding(decodeText(forwarding?.fields[1], 65_536)),
        },
        policyRouting: readRules(content('rule-inet'), content('rule-inet-six')),
      },
      gaps,
    );
  },
};
