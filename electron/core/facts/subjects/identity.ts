import type { IdentityFacts } from '#shared/domain/facts/machine.ts';
import type { Collector } from '../collector.ts';
import { decodeInstant, decodeNumber, decodeShort, decodeText } from '../script/decode.ts';
import { readId } from '../script/ids.ts';
import { gapOf, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';

const SCRIPT = `${PRELUDE}
value() { value_line=; read -r value_line 2>/dev/null < "$1" || :; }
emit account "$node_uid" "$(id -un 2>/dev/null)" "$(id -Gn 2>/dev/null)"
set -- $(uname -srm)
value /proc/sys/kernel/hostname; emit kernel "$value_line" "$1 $2" "$3"
emit os-release "$(head -c 65536 /etc/os-release 2>/dev/null)"
value /proc/1/comm; [ -d /run/systemd/system ] && value_line=systemd
emit init "$value_line"
boot=; while read -r key number; do [ "$key" = btime ] && boot=$number && break; done < /proc/stat
emit time "$boot" "$(date +%s)"
if has systemd-detect-virt; then emit virtualization "$(limited 2 systemd-detect-virt 2>/dev/null)"
elif [ -e /.dockerenv ]; then emit virtualization docker; fi
emit cpuinfo "$(head -c 65536 /proc/cpuinfo 2>/dev/null)"
memory=; while read -r key number unit; do [ "$key $unit" = 'MemTotal: kB' ] && memory=$number && break; done < /proc/meminfo
emit memory "$memory"
emit cores "$(grep -c '^processor' /proc/cpuinfo)"
value /sys/class/dmi/id/sys_vendor; model=$value_line; value /sys/class/dmi/id/product_name; model="$model $value_line"
[ -r /proc/device-tree/model ] && model=$(head -c 256 /proc/device-tree/model)
emit model "$model"
${END}`;

/** Reads os-release(5): `KEY=value`, in single, double or no quotes. */
export function readOsRelease(text: string): IdentityFacts['operatingSystem'] {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]{1,64})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S*))\s*$/.exec(line);
    if (match) values.set(match[1] ?? '', (match[2] ?? match[3] ?? match[4] ?? '').replace(/\\(.)/g, '$1'));
  }
  const short = (key: string): string => (values.get(key) ?? '').slice(0, 256);
  return {
    id: short('ID') || 'linux',
    versionId: short('VERSION_ID'),
    name: short('PRETTY_NAME') || short('NAME') || 'Linux',
  };
}

/** The processor's name in /proc/cpuinfo: x86 says `model name`, ARM boards `Model` or `Hardware`. */
function readProcessor(text: string): string {
  const match = /^(?:model name|Processor|cpu model|uarch|Hardware)\s*:\s*(.+)$/m.exec(text);
  return (match?.[1] ?? '').trim().slice(0, 256);
}

/** Who and what the node is. */
export const identityCollector: Collector<'identity'> = {
  subject: 'identity',
  trip: 1,
  budgetMs: 8_000,
  maxBytes: 262_144,
  source: 'uname -a; id; cat /etc/os-release /proc/stat /proc/cpuinfo /proc/meminfo',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    const fields = new Map(records.map((record) => [record.tag, record.fields]));
    const account = fields.get('account');
    const kernel = fields.get('kernel');
    const uid = readId(account?.[0]?.toString('latin1'));
    if (!kernel || uid === null) return unseen(whyUnfinished(output));
    const time = fields.get('time');
    const memory = decodeNumber(fields.get('memory')?.[0]);
    const virtualization = decodeShort(fields.get('virtualization')?.[0]);
    const value: IdentityFacts = {
      hostname: decodeShort(kernel[0]),
      kernel: decodeShort(kernel[1]),
      architecture: decodeShort(kernel[2]),
      operatingSystem: readOsRelease(decodeText(fields.get('os-release')?.[0], 65_536)),
      init: decodeShort(fields.get('init')?.[0]),
      virtualization: virtualization === '' ? null : virtualization,
      bootedAt: decodeInstant(time?.[0]),
      clock: decodeInstant(time?.[1]) ?? context.now.toISOString(),
      skewMs: context.skewMs,
      collectedAs: {
        uid,
        user: decodeShort(account?.[1]) || String(uid),
        groups: decodeText(account?.[2])
          .split(' ')
          .filter((group) => group !== '' && group.length <= 256)
          .slice(0, 256),
      },
      hardware:
        memory === null
          ? null
          : {
              model: decodeShort(fields.get('model')?.[0]).trim(),
              cpu: readProcessor(decodeText(fields.get('cpuinfo')?.[0], 65_536)),
              cores: decodeNumber(fields.get('cores')?.[0]) ?? 0,
              memoryBytes: memory * 1_024,
            },
    };
    return seen(value, finished ? [] : [gapOf('parts of the identity', whyUnfinished(output))]);
  },
};
