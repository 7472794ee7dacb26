import { QuestionDesk } from '#core/console/question-desk.ts';
import {
  type ChangeDelta,
  type ConsentGate,
  ConsoleError,
  type ConsoleService,
  type Topic,
} from '#core/console/service.ts';
import { ClaimedPlan } from '#core/fixes/plan-registry.ts';
import { ClaimedRotation } from '#core/secrets/rotation/rotation-registry.ts';
import type { AppliedChange } from '#shared/domain/plan.ts';
import { AccessGuard } from './access.ts';
import { AuditDesk } from './audit-desk.ts';
import type { Caller, ErrorLog } from './caller.ts';
import { guardedContract } from './guarded-contract.ts';
import { IncidentApi } from './incident-api.ts';
import { incidentHandlers } from './incident-handlers.ts';
import { addressOfNode } from './node-address.ts';
import { ReplayedTopic } from './replayed-topic.ts';
import { RotationApi } from './rotation-api.ts';
import { STREAM_LIMITS, StreamHub, type StreamLimits } from './stream-hub.ts';

export interface ApiOptions {
  service: ConsoleService;
  /** How this shell asks a person outside the renderer; null where nobody can be asked. */
  consent: ConsentGate | null;
  log: ErrorLog;
  limits?: Partial<StreamLimits>;
}

/** The console behind the contract, for any transport. */
export interface Api {
  router: ReturnType<typeof createRouter>;
  streams: StreamHub;
  /** Ends all streams. The service stays open. */
  close(): void;
}

/** Puts the contract in front of a console: input and output validated, access enforced, errors made safe. */
export function createApi(options: ApiOptions): Api {
  const streams = new StreamHub(options.limits);
  const keep = options.limits?.window ?? STREAM_LIMITS.window;
  const progress = new ReplayedTopic(options.service.topics.progress, keep);
  const changes = new ReplayedTopic(withQuestions(options), keep);
  const fixes = new ReplayedTopic(options.service.topics.fixes, keep);
  const audit = new AuditDesk(options.service.audit);
  const rotation = new RotationApi(options.service.rotation, keep);
  const incidents = new IncidentApi(options.service.incidents, keep);
  return {
    router: createRouter(options, streams, { progress, changes, fixes }, audit, rotation, incidents),
    streams,
    close() {
      streams.close();
      progress.close();
      changes.close();
      fixes.close();
      audit.close();
      rotation.close();
      incidents.close();
    },
  };
}

/** What changes in the console, and that a question was asked or answered. */
function withQuestions({ service, consent }: ApiOptions): Topic<{ at: string }, ChangeDelta> {
  const { changes } = service.topics;
  if (!(consent instanceof QuestionDesk)) return changes;
  return {
    snapshot: () => changes.snapshot(),
    onDelta(listener) {
      const ends = [
        changes.onDelta(listener),
        consent.onChange(() =>
          listener({ at: new Date().toISOString(), what: 'questions', node: null, sentence: null }),
        ),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

interface Topics {
  progress: ReplayedTopic<
    Awaited<ReturnType<ConsoleService['topics']['progress']['snapshot']>>,
    Parameters<Parameters<ConsoleService['topics']['progress']['onDelta']>[0]>[0]
  >;
  changes: ReplayedTopic<{ at: string }, ChangeDelta>;
  fixes: ReplayedTopic<AppliedChange[], AppliedChange>;
}

function createRouter(
  { service, consent, log }: ApiOptions,
  hub: StreamHub,
  topics: Topics,
  audit: AuditDesk,
  rotation: RotationApi,
  incidents: IncidentApi,
) {
  const guard = new AccessGuard(
    service.planRegistry,
    consent,
    addressOfNode(service),
    rotation.registry,
    incidents.steps,
  );
  const os = guardedContract(guard, log);
  return os.router({
    system: { about: os.system.about.handler(({ input }) => service.system.about(input)) },
    streams: {
      acknowledge: os.streams.acknowledge.handler(({ input, context }) => ({
        known: hub.acknowledge(context.caller, input.stream, input.number),
      })),
    },
    nodes: {
      list: os.nodes.list.handler(({ input }) => service.nodes.list(input)),
      glances: os.nodes.glances.handler(({ input }) => service.nodes.glances(input)),
      found: os.nodes.found.handler(({ input }) => service.nodes.found(input)),
      sshConfig: os.nodes.sshConfig.handler(({ input }) => service.nodes.sshConfig(input)),
      detectLocal: os.nodes.detectLocal.handler(({ input }) => service.nodes.detectLocal(input)),
      hostKeys: os.nodes.hostKeys.handler(({ input }) => service.nodes.hostKeys(input)),
      add: os.nodes.add.handler(({ input }) => service.nodes.add(input)),
      rename: os.nodes.rename.handler(({ input }) => service.nodes.rename(input)),
      remove: os.nodes.remove.handler(({ input }) => service.nodes.remove(input)),
      restore: os.nodes.restore.handler(({ input }) => service.nodes.restore(input)),
      profile: os.nodes.profile.handler(({ input }) => service.nodes.profile(input)),
      correctProfile: os.nodes.correctProfile.handler(({ input }) => service.nodes.correctProfile(input)),
    },
    looks: {
      start: os.looks.start.handler(({ input }) => service.looks.start(input)),
      cancel: os.looks.cancel.handler(({ input }) => service.looks.cancel(input)),
      progress: os.looks.progress.handler(({ input, context, signal }) =>
        hub.open(topics.progress, context.caller, input, signal),
      ),
    },
    changes: {
      watch: os.changes.watch.handler(({ input, context, signal }) =>
        hub.open(topics.changes, context.caller, input, signal),
      ),
    },
    findings: {
      overview: os.findings.overview.handler(({ input }) => service.findings.overview(input)),
      list: os.findings.list.handler(({ input }) => service.findings.list(input)),
      get: os.findings.get.handler(({ input }) => service.findings.get(input)),
      history: os.findings.history.handler(({ input }) => service.findings.history(input)),
      export: os.findings.export.handler(({ input }) => service.findings.export(input)),
    },
    decisions: {
      waivers: os.decisions.waivers.handler(({ input }) => service.decisions.waivers(input)),
      waive: os.decisions.waive.handler(({ input }) => service.decisions.waive(input)),
      withdraw: os.decisions.withdraw.handler(({ input }) => service.decisions.withdraw(input)),
      declarations: os.decisions.declarations.handler(({ input }) => service.decisions.declarations(input)),
      declare: os.decisions.declare.handler(({ input }) => service.decisions.declare(input)),
      undeclare: os.decisions.undeclare.handler(({ input }) => service.decisions.undeclare(input)),
    },
    settings: {
      get: os.settings.get.handler(({ input }) => service.settings.get(input)),
      set: os.settings.set.handler(({ input }) => service.settings.set(input)),
    },
    setup: {
      get: os.setup.get.handler(({ input }) => service.setup.get(input)),
      save: os.setup.save.handler(({ input }) => service.setup.save(input)),
    },
    plans: {
      apply: os.plans.apply.handler(({ context }) => {
        // The guard lets nobody through without one; a mistake there must not become an order.
        if (!(context.claimed instanceof ClaimedPlan)) throw new Error('A plan was ordered past the guard');
        return service.plans.apply(context.claimed);
      }),
    },
    fixes: {
      available: os.fixes.available.handler(({ input }) => service.fixes.available(input)),
      plan: os.fixes.plan.handler(({ input }) => service.fixes.plan(input)),
      planUndo: os.fixes.planUndo.handler(({ input }) => service.fixes.planUndo(input)),
      planRedo: os.fixes.planRedo.handler(({ input }) => service.fixes.planRedo(input)),
      planAllow: os.fixes.planAllow.handler(({ input }) => service.fixes.planAllow(input)),
      planRemove: os.fixes.planRemove.handler(({ input }) => service.fixes.planRemove(input)),
      list: os.fixes.list.handler(({ input }) => service.fixes.list(input)),
      get: os.fixes.get.handler(({ input }) => service.fixes.get(input)),
      keep: os.fixes.keep.handler(({ input }) => service.fixes.keep(input)),
      revert: os.fixes.revert.handler(({ input }) => service.fixes.revert(input)),
      cancel: os.fixes.cancel.handler(({ input }) => service.fixes.cancel(input)),
      leave: os.fixes.leave.handler(async ({ input, context }) => {
        await guard.leaving(await service.fixes.get(input), context);
        return service.fixes.leave(input);
      }),
      progress: os.fixes.progress.handler(({ input, context, signal }) =>
        hub.open(topics.fixes, context.caller, input, signal),
      ),
    },
    questions: {
      open: os.questions.open.handler(() => (consent instanceof QuestionDesk ? consent.list() : [])),
      dismiss: os.questions.dismiss.handler(({ input }) => ({
        dismissed: consent instanceof QuestionDesk && consent.dismiss(input.question),
      })),
    },
    activity: {
      state: os.activity.state.handler(({ input }) => service.activity.state(input)),
      list: os.activity.list.handler(({ input }) => service.activity.list(input)),
      backingUp: os.activity.backingUp.handler(({ input, context }) => {
        requireTerminal(context.caller);
        return service.activity.backingUp(input);
      }),
      nodes: os.activity.nodes.handler(({ input }) => service.activity.nodes(input)),
      proof: os.activity.proof.handler(({ input }) => service.activity.proof(input)),
      checkpoint: os.activity.checkpoint.handler(({ input }) => service.activity.checkpoint(input)),
      verify: os.activity.verify.handler(({ input }) => service.activity.verify(input)),
      checkAgainst: os.activity.checkAgainst.handler(({ input }) => service.activity.checkAgainst(input)),
      replaceKey: os.activity.replaceKey.handler(({ input }) => service.activity.replaceKey(input)),
    },
    dependencies: {
      data: os.dependencies.data.handler(() => service.dependencies.data(undefined)),
      audit: os.dependencies.audit.handler(({ input }) => service.dependencies.audit(input)),
      advisory: os.dependencies.advisory.handler(({ input }) => service.dependencies.advisory(input)),
      import: os.dependencies.import.handler(({ input }) => service.dependencies.import(input)),
      update: os.dependencies.update.handler(() => service.dependencies.update(undefined)),
      takenBeside: os.dependencies.takenBeside.handler(({ context }) => {
        requireTerminal(context.caller);
        return service.dependencies.takenBeside(undefined);
      }),
      progress: os.dependencies.progress.handler(() => service.dependencies.progress(undefined)),
      cancel: os.dependencies.cancel.handler(() => service.dependencies.cancel(undefined)),
      ignores: os.dependencies.ignores.handler(() => service.dependencies.ignores(undefined)),
      ignore: os.dependencies.ignore.handler(({ input }) => service.dependencies.ignore(input)),
      withdrawIgnore: os.dependencies.withdrawIgnore.handler(({ input }) =>
        service.dependencies.withdrawIgnore(input),
      ),
      ways: os.dependencies.ways.handler(({ input }) => service.dependencies.ways(input)),
      fetching: os.dependencies.fetching.handler(() => service.dependencies.fetching(undefined)),
      direct: os.dependencies.direct.handler(({ input }) => service.dependencies.direct(input)),
      describe: os.dependencies.describe.handler(({ input }) => service.dependencies.describe(input)),
      export: os.dependencies.export.handler(({ input }) => service.dependencies.export(input)),
      ownBill: os.dependencies.ownBill.handler(() => service.dependencies.ownBill(undefined)),
      verify: os.dependencies.verify.handler(({ input }) => service.dependencies.verify(input)),
      verification: os.dependencies.verification.handler(({ input }) =>
        service.dependencies.verification(input),
      ),
      cancelVerification: os.dependencies.cancelVerification.handler(({ input }) =>
        service.dependencies.cancelVerification(input),
      ),
      beforeInstall: os.dependencies.beforeInstall.handler(({ input }) =>
        service.dependencies.beforeInstall(input),
      ),
      environments: os.dependencies.environments.handler(({ input }) =>
        service.dependencies.environments(input),
      ),
      lock: os.dependencies.lock.handler(({ input }) => service.dependencies.lock(input)),
    },
    sealed: {
      state: os.sealed.state.handler(() => offered(service.sealed).state(undefined)),
      desktop: os.sealed.desktop.handler(() => offered(service.sealed).desktop(undefined)),
      setUp: os.sealed.setUp.handler(({ input }) => offered(service.sealed).setUp(input)),
      unlock: os.sealed.unlock.handler(({ input }) => offered(service.sealed).unlock(input)),
      lock: os.sealed.lock.handler(({ input }) => offered(service.sealed).lock(input)),
      changeKey: os.sealed.changeKey.handler(({ input }) => offered(service.sealed).changeKey(input)),
      newSheet: os.sealed.newSheet.handler(({ input }) => offered(service.sealed).newSheet(input)),
      confirmSheet: os.sealed.confirmSheet.handler(({ input }) =>
        offered(service.sealed).confirmSheet(input),
      ),
    },
    pause: {
      state: os.pause.state.handler(() => offered(service.pause).state(undefined)),
      look: os.pause.look.handler(() => offered(service.pause).look(undefined)),
      pause: os.pause.pause.handler(({ input }) => offered(service.pause).pause(input)),
      resume: os.pause.resume.handler(({ input }) => offered(service.pause).resume(input)),
    },
    rotation: {
      plan: os.rotation.plan.handler(({ input }) => rotation.group.plan(input)),
      begin: os.rotation.begin.handler(({ context }) => {
        if (!(context.claimed instanceof ClaimedRotation))
          throw new Error('A rotation was ordered past the guard');
        return rotation.group.begin(context.claimed);
      }),
      resume: os.rotation.resume.handler(({ input }) => rotation.group.resume(input)),
      abort: os.rotation.abort.handler(({ input }) => rotation.group.abort(input)),
      status: os.rotation.status.handler(() => rotation.group.status(undefined)),
      history: os.rotation.history.handler(({ input }) => rotation.group.history(input)),
      progress: os.rotation.progress.handler(({ input, context, signal }) =>
        hub.open(rotation.progress, context.caller, input, signal),
      ),
      secrets: os.rotation.secrets.handler(({ input }) => rotation.group.secrets(input)),
      reminder: os.rotation.reminder.handler(() => rotation.group.reminder(undefined)),
      setReminder: os.rotation.setReminder.handler(({ input }) => rotation.group.setReminder(input)),
    },
    incidents: incidentHandlers(os, hub, incidents),
    audit: {
      state: os.audit.state.handler(() => audit.state()),
      live: os.audit.live.handler(({ input, context, signal }) =>
        audit.open({ query: input.query, node: input.node ?? null }, hub, context.caller, input, signal),
      ),
      events: os.audit.events.handler(({ input }) => audit.group.events(input)),
      context: os.audit.context.handler(({ input }) => audit.group.context(input)),
      nextError: os.audit.nextError.handler(({ input }) => audit.group.nextError(input)),
      histogram: os.audit.histogram.handler(({ input }) => audit.group.histogram(input)),
      facets: os.audit.facets.handler(({ input }) => audit.group.facets(input)),
      complete: os.audit.complete.handler(({ input }) => audit.group.complete(input)),
      exportEvents: os.audit.exportEvents.handler(({ input }) => audit.group.exportEvents(input)),
      sources: os.audit.sources.handler(({ input }) => audit.group.sources(input)),
      gaps: os.audit.gaps.handler(({ input }) => audit.group.gaps(input)),
      addSource: os.audit.addSource.handler(({ input }) => audit.group.addSource(input)),
      removeSource: os.audit.removeSource.handler(({ input }) => audit.group.removeSource(input)),
      setSource: os.audit.setSource.handler(({ input }) => audit.group.setSource(input)),
      alerts: os.audit.alerts.handler(({ input }) => audit.group.alerts(input)),
      alert: os.audit.alert.handler(({ input }) => audit.group.alert(input)),
      setAlert: os.audit.setAlert.handler(({ input }) => audit.group.setAlert(input)),
      silences: os.audit.silences.handler(({ input }) => audit.group.silences(input)),
      previewSilence: os.audit.previewSilence.handler(({ input }) => audit.group.previewSilence(input)),
      silence: os.audit.silence.handler(({ input }) => audit.group.silence(input)),
      endSilence: os.audit.endSilence.handler(({ input }) => audit.group.endSilence(input)),
      rules: os.audit.rules.handler(({ input }) => audit.group.rules(input)),
      ownRules: os.audit.ownRules.handler(() => audit.group.ownRules(undefined)),
      addRules: os.audit.addRules.handler(({ input }) => audit.group.addRules(input)),
      removeRules: os.audit.removeRules.handler(({ input }) => audit.group.removeRules(input)),
      setRuleValues: os.audit.setRuleValues.handler(({ input }) => audit.group.setRuleValues(input)),
      firstSeen: os.audit.firstSeen.handler(() => audit.group.firstSeen(undefined)),
      searches: os.audit.searches.handler(({ input }) => audit.group.searches(input)),
      saveSearch: os.audit.saveSearch.handler(({ input }) => audit.group.saveSearch(input)),
      ingest: os.audit.ingest.handler(({ input }) => audit.group.ingest(input)),
      ingested: os.audit.ingested.handler(({ input }) => audit.group.ingested(input)),
      stopIngest: os.audit.stopIngest.handler(({ input }) => audit.group.stopIngest(input)),
      background: os.audit.background.handler(() => audit.group.background(undefined)),
      setBackground: os.audit.setBackground.handler(({ input }) => audit.group.setBackground(input)),
      removeSearch: os.audit.removeSearch.handler(({ input }) => audit.group.removeSearch(input)),
    },
  });
}

/** @throws ConsoleError NOT_SUPPORTED_HERE for a group that this console leaves out */
function offered<G>(group: G | undefined): G {
  if (group !== undefined) return group;
  throw new ConsoleError('NOT_SUPPORTED_HERE', 'This console does not offer that.', {
    untouched: 'Nothing was changed.',
  });
}

/** What pages have no part in. @throws ConsoleError NOT_ALLOWED */
function requireTerminal({ kind }: Caller): void {
  if (kind === 'operator-terminal') return;
  throw new ConsoleError('NOT_ALLOWED', 'This is for commands only.', {
    untouched: 'Nothing was changed.',
    next: 'Use the command line.',
  });
}
