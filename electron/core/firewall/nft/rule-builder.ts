import { PROTOCOL } from '../fields.ts';
import { contains, intersects, isSubset, single, union } from '../interval.ts';
import type { Condition, Statement, TableFamily } from '../model.ts';
import {
  type Dependencies,
  type Expression,
  is,
  NO_PORTS,
  type PortReading,
  readExpression,
} from './expression.ts';
import { type FamilyReading, seesBothVersions } from './hidden-family.ts';
import { hidesNextHeader } from './hidden-next-header.ts';
import type { Json } from './json.ts';
import type { NamedObjects } from './objects.ts';
import type { NamedSets } from './sets.ts';
import { readNumber } from './values.ts';

/** What the statements of one rule are read into. */
export class RuleBuilder {
  readonly statements: Statement[] = [];
  /** `th sport` or `th dport` was read for packets with ports, and this rule can hold for packets without. */
  readsAnyPorts = false;
  /** nft may have left out which version of IP the rule asks for. */
  hidesFamily = false;
  /** nft may have left out that the rule asks for the next header of IPv6; see hidden-next-header.ts. */
  hidesNextHeader = false;
  private readonly asked = new Set<string>();

  readonly family: TableFamily;
  readonly table: string;
  readonly sets: NamedSets;
  readonly objects: NamedObjects;
  readonly portReading: PortReading;
  readonly familyReading: FamilyReading;

  constructor(
    family: TableFamily,
    table: string,
    sets: NamedSets,
    objects: NamedObjects,
    portReading: PortReading,
    familyReading: FamilyReading,
  ) {
    this.family = family;
    this.table = table;
    this.sets = sets;
    this.objects = objects;
    this.portReading = portReading;
    this.familyReading = familyReading;
  }

  push(...statements: readonly Statement[]): void {
    this.statements.push(...statements);
  }

  /** Writes what is asked silently as matches of their own, each once. */
  ask(dependencies: Dependencies): void {
    for (const condition of dependencies) {
      const { field, values } = condition;
      const written = `${field} ${values.kind === 'numbers' ? values.intervals.join(' ') : values.patterns.join(' ')}`;
      if (this.asked.has(written)) continue;
      this.asked.add(written);
      this.push({ kind: 'match', alternatives: [[condition]], negated: false });
    }
  }

  /** Reads an expression and asks for what it depends on. */
  expression(value: Json | undefined): Expression {
    const read = readExpression(value, this, readNumber);
    this.ask(read.dependencies);
    if (hidesNextHeader(this.family, read.dependencies)) this.hidesNextHeader = true;
    if (read.kind === 'keys' && read.readsAnyPorts) this.readsAnyPorts = true;
    return read;
  }

  /** Writes what a match may hide of the version of IP; see hiddenFamily. */
  askHidden(version: 4 | 6 | 'any' | null, text: string): void {
    if (version === null || !seesBothVersions(this.family) || this.asksFamily()) return;
    if (version !== 'any') {
      this.hidesFamily = true;
      this.ask([is('nfproto', [this.familyReading === 'sure' ? BigInt(version) : 10n - BigInt(version)])]);
      if (this.familyReading === 'sure') return;
    }
    this.push({ kind: 'unmodelled', text });
  }

  /** Whether the rule holds for one version of IP only. */
  asksFamily(): boolean {
    return this.statements.some(
      (statement) =>
        statement.kind === 'match' && statement.alternatives.flat().some(({ field }) => field === 'nfproto'),
    );
  }

  /** Whether the rule asks for several protocols of which one is TCP. */
  asksProtocols(): boolean {
    return this.statements.some(
      (statement) =>
        statement.kind === 'match' &&
        statement.alternatives
          .flat()
          .some(
            ({ field, values }) =>
              field === 'l4proto' &&
              values.kind === 'numbers' &&
              contains(values.intervals, PROTOCOL.tcp) &&
              !isSubset(values.intervals, single(PROTOCOL.tcp)),
          ),
    );
  }

  /** Whether packets without ports can reach the end of the rule, so that it has to be read for them too. */
  reachesWithoutPorts(): boolean {
    return this.readsAnyPorts && !this.statements.some((statement) => isAboutPortsOnly(statement));
  }
}

function allowsOnlyPorts({ field, values }: Condition): boolean {
  return (
    field === 'l4proto' &&
    values.kind === 'numbers' &&
    values.mask === null &&
    !intersects(values.intervals, NO_PORTS)
  );
}

/** A match by the rule's author that no protocol without ports passes; not the one that `th` itself put there. */
function isAboutPortsOnly(statement: Statement): boolean {
  if (statement.kind === 'verdictMap')
    return statement.entries.every((entry) => entry.conditions.some(allowsOnlyPorts));
  if (statement.kind !== 'match' || statement.negated) return false;
  return statement.alternatives.every(
    (conditions) => conditions.some(allowsOnlyPorts) && !conditions.every(isEveryPortProtocol),
  );
}

function isEveryPortProtocol({ field, values }: Condition): boolean {
  return (
    field === 'l4proto' &&
    values.kind === 'numbers' &&
    isSubset([[0n, 255n]], union(values.intervals, NO_PORTS))
  );
}
