import type { FirewallFacts } from '#shared/domain/facts/network.ts';
import type { Gap } from '#shared/domain/facts/observation.ts';
import type { Collector } from '../collector.ts';
import { decodeText } from '../script/decode.ts';
import { gapOf, helpFor, seen, unseen, whyUnfinished } from '../script/outcome.ts';
import { END, PRELUDE } from '../script/prelude.ts';
import { readRecords } from '../script/records.ts';
import { readTold, whyNotTold } from '../script/told.ts';
import { BOOT_SCRIPT } from './firewall/boot-script.ts';
import { readManagers } from './firewall/managers.ts';
import { readBoot } from './firewall/read-boot.ts';

/** Of one rule set; the shape of facts allows 16 Mi characters. */
const MAX_RULES = 12 * 1_048_576;

/** What nft would list on a kernel that has not even loaded nf_tables: there can be no table of it. */
const NO_TABLES = '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}';

/**
 * Behind each answer stands its exit status after a byte that no rule set holds, so that one that was refused or cut is
 * never taken for an empty one. The legacy programs are asked only where legacy tables exist: merely asking them would
 * load kernel modules.
 */
const SCRIPT = `${PRELUDE}
rules() { told "$@" | head -c ${MAX_RULES}; }
found=
for tool in nft iptables iptables-nft iptables-legacy ip6tables ufw firewall-cmd; do has "$tool" && found="$found $tool"; done
emit tools "$found"
if has nft; then rules limit 5 nft -j list ruleset | emit_content nft
elif builtin=/lib/modules/$(uname -r)/modules.builtin; [ -r /proc/modules ] && [ -r "$builtin" ] && ! grep -q '^nf_tables ' /proc/modules && ! grep -q '/nf_tables.ko' "$builtin"; then emit nft-absent; fi
save() { # family, program, back end as far as the name tells
  has "$2" && rules limit 4 "$2" | emit_content save "$1" "$3"
}
plain() { # family, program without a back end in its name, legacy tables of the kernel
  has "$2" || return 0
  case $("$2" -V 2>/dev/null) in
    *nf_tables*) save "$1" "$2" nf_tables ;;
    *) read -r first 2>/dev/null < "$3" && save "$1" "$2" legacy ;;
  esac
}
if has iptables-nft-save; then save 4 iptables-nft-save nf_tables; else plain 4 iptables-save /proc/net/ip_tables_names; fi
if has ip6tables-nft-save; then save 6 ip6tables-nft-save nf_tables; else plain 6 ip6tables-save /proc/net/ip6_tables_names; fi
legacy() {
  [ -e "$3" ] || return 0
  if [ ! -r "$3" ]; then emit closed "$1"
  elif read -r first 2>/dev/null < "$3"; then
    if has "$2"; then save "$1" "$2" legacy; elif ! has "\${2%-legacy-save}-save"; then emit legacy-unread "$1"; fi
  fi
}
legacy 4 iptables-legacy-save /proc/net/ip_tables_names
legacy 6 ip6tables-legacy-save /proc/net/ip6_tables_names
if [ -d /run/systemd/system ] && has systemctl; then
  told limit 3 systemctl show --no-pager -p Id,LoadState,ActiveState,UnitFileState ufw.service firewalld.service nftables.service netfilter-persistent.service 2>/dev/null | emit_content units
fi
if [ -f /etc/ufw/ufw.conf ]; then head -c 65536 /etc/ufw/ufw.conf /etc/default/ufw 2>/dev/null | emit_content ufw; fi
${BOOT_SCRIPT}
boot
${END}`;

interface Answer {
  text: string | null;
  /** Why there is no text. */
  reason: string;
}

function readAnswer(bytes: Buffer | undefined, stderr: string): Answer {
  const { bytes: printed, status, whole } = readTold(bytes);
  if (status === null)
    return { text: null, reason: 'the rule set was longer than allowed or the answer was cut' };
  if (whole) return { text: decodeText(printed, MAX_RULES), reason: '' };
  if (status === 124 || status === 137) return { text: null, reason: 'the program did not answer in time' };
  const refused = /permitted|denied|must be root/i.test(stderr);
  const words = stderr
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300);
  return { text: null, reason: refused ? 'only root may read the rules' : `status ${status}: ${words}` };
}

/** The rule sets of the node as its programs print them, and who manages them. */
export const firewallCollector: Collector<'firewall'> = {
  subject: 'firewall',
  trip: 1,
  budgetMs: 10_000,
  maxBytes: 40 * 1_048_576,
  source: 'nft -j list ruleset; iptables-save; ip6tables-save; systemctl show ufw firewalld nftables',
  script: () => SCRIPT,
  parse(output, context) {
    const { records, finished } = readRecords(output);
    const contents = new Map(records.map((record) => [record.tag, record.fields.at(-1)]));
    if (!contents.has('tools')) return unseen(whyUnfinished(output));
    const help = helpFor(context);
    const gaps: Gap[] = [];
    const toolsPresent = decodeText(contents.get('tools'))
      .split(' ')
      .filter((tool) => /^[a-z0-9-]{1,64}$/.test(tool))
      .slice(0, 32);

    let nftJson: string | null = null;
    if (contents.has('nft')) {
      const answer = readAnswer(contents.get('nft'), output.stderr);
      nftJson = answer.text;
      if (answer.text === null) gaps.push(gapOf('rules of nftables', answer.reason, help));
    } else if (contents.has('nft-absent')) nftJson = NO_TABLES;
    else gaps.push(gapOf('rules of nftables', 'the program nft is not installed', 'install nftables'));

    const saves: FirewallFacts['saves'] = [];
    for (const { tag, fields } of records) {
      const family = fields[0]?.toString('latin1') === '6' ? 6 : 4;
      if (tag === 'save' && saves.length < 8) {
        const backend = fields[1]?.toString('latin1') === 'legacy' ? 'legacy' : 'nf_tables';
        const answer = readAnswer(fields[2], output.stderr);
        if (answer.text !== null) saves.push({ family, backend, text: answer.text });
        else gaps.push(gapOf(`rules of iptables, IPv${family}, ${backend}`, answer.reason, help));
      } else if (tag === 'closed') {
        gaps.push(gapOf(`rules of legacy iptables, IPv${family}`, 'only root may read the rules', help));
      } else if (tag === 'legacy-unread') {
        const what = `rules of legacy iptables, IPv${family}`;
        gaps.push(gapOf(what, 'there are such rules, but no program to read them', 'install iptables'));
      }
    }
    if (!finished) gaps.push(gapOf('some of the rules', whyUnfinished(output), help));
    const units = readTold(contents.get('units'));
    const managers = readManagers(
      decodeText(units.bytes, 65_536),
      contents.has('ufw') ? decodeText(contents.get('ufw'), 131_072) : null,
      saves.some((save) => save.family === 4) ? saves.map((save) => save.text) : null,
    );
    const { boot, gaps: bootGaps } = readBoot(records, help);
    const knowsManagers = !contents.has('units') || units.whole;
    if (!knowsManagers) {
      const what = 'rules that are loaded at boot by ufw, firewalld and other programs';
      gaps.push(gapOf(what, whyNotTold(units, 'systemctl'), 'look at this node again'));
    }
    return seen({ nftJson, saves, toolsPresent, managers, boot: knowsManagers ? boot : null }, [
      ...gaps,
      ...bootGaps,
    ]);
  },
};
