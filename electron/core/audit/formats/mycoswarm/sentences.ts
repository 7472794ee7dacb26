import type { LogSource } from '#shared/domain/audit/event.ts';
import { LOG_SOURCES } from '../record.ts';

/** What a sentence of the daemon means. Groups of the expression become the fields named beside it. */
export interface Sentence {
  /** How it begins; looked up before the expression is tried. */
  begins: string;
  /** The whole of it. A name inside may contain anything, so every expression goes for the last place that fits. */
  whole: RegExp;
  names: readonly string[];
  action: string;
  logsource: LogSource;
}

const { task, peer, toolCall, swarmAuth, mycoswarm } = LOG_SOURCES;

const sentence = (
  logsource: LogSource,
  action: string,
  begins: string,
  whole: RegExp,
  ...names: string[]
): Sentence => ({ begins, whole, names, action, logsource });

/**
 * What mycoSwarm 0.2.16 writes (worker, api, orchestrator, discovery, plugins, auth), without the picture in front, and what the
 * daemon of older versions said. Its format string puts names of tasks, hosts and errors in as they come, line feeds included.
 */
export const SENTENCES: readonly Sentence[] = [
  sentence(
    task,
    'received',
    'Task received: ',
    /^Task received: (.*) \(([^()]*)\) from (\S*)$/s,
    'task_id',
    'task_type',
    'source_node',
  ),
  sentence(task, 'started', 'Executing: ', /^Executing: (.*) \(([^()]*)\)$/s, 'task_id', 'task_type'),
  sentence(task, 'completed', 'Completed: ', /^Completed: (.*) \(([\d.]{1,16})s\)$/s, 'task_id', 'seconds'),
  sentence(task, 'failed', 'Failed: ', /^Failed: (.*?) — (.*)$/s, 'task_id', 'error'),
  sentence(task, 'timed_out', 'Timeout: ', /^Timeout: (.*) after ([\d.]{1,16})s$/s, 'task_id', 'seconds'),
  sentence(task, 'failed', 'Unhandled error in task ', /^Unhandled error in task (.*)$/s, 'task_id'),
  sentence(task, 'unknown_type', 'Unknown task type: ', /^Unknown task type: (.*)$/s, 'task_type'),
  sentence(task, 'accepted', 'task ', /^task (.*) accepted$/s, 'task_id'),
  sentence(task, 'completed', 'task ', /^task (.*) done$/s, 'task_id'),
  sentence(task, 'failed', 'task ', /^task (.*?) failed: (.*)$/s, 'task_id', 'error'),
  sentence(
    task,
    'routed',
    'Routed ',
    /^Routed (\S{1,64}) → (.*) \(([\d.a-fA-F:]{1,45}):(\d{1,5})\)$/s,
    'task_type',
    'peer',
    'DestinationIp',
    'DestinationPort',
  ),
  sentence(
    task,
    'routed',
    'Routing ',
    /^Routing (\S{1,64}) → (.*) \(([\d.a-fA-F:]{1,45})\) \[([^\]]*)\]$/s,
    'task_type',
    'peer',
    'DestinationIp',
    'tier',
  ),
  sentence(
    task,
    'routed',
    'Dispatched ',
    /^Dispatched (.*) to (.*) \(([\d.a-fA-F:]{1,45}):(\d{1,5})\)$/s,
    'task_id',
    'peer',
    'DestinationIp',
    'DestinationPort',
  ),
  sentence(
    peer,
    'unreachable',
    'routing to ',
    /^routing to ([^\s:]{1,255}): (.*)$/s,
    'DestinationIp',
    'error',
  ),
  sentence(peer, 'unreachable', "Can't reach ", /^Can't reach (.{1,255}?): (.*)$/s, 'peer', 'error'),
  sentence(
    peer,
    'joined',
    'Discovered peer: ',
    /^Discovered peer: (.*) \(([\d.a-fA-F:]{1,45})\) \[([^\]]*)\] (\[.*\])$/s,
    'peer',
    'PeerIp',
    'tier',
    'capabilities',
  ),
  sentence(
    peer,
    'joined',
    'Node joined: ',
    /^Node joined: (.*?) \(([\d.a-fA-F:]{1,45})\) \[([^\]]*)\].*$/s,
    'peer',
    'PeerIp',
    'tier',
  ),
  sentence(
    peer,
    'joined',
    'peer joined: ',
    /^peer joined: (.*) at ([\d.a-fA-F:]{1,45}):(\d{1,5})$/s,
    'peer',
    'PeerIp',
    'port',
  ),
  sentence(
    peer,
    'updated',
    'Updated peer: ',
    /^Updated peer: (.*) \(([\d.a-fA-F:]{1,45})\)$/s,
    'peer',
    'PeerIp',
  ),
  sentence(peer, 'left', 'Lost peer: ', /^Lost peer: (.*) \(([\d.a-fA-F:]{1,45})\)$/s, 'peer', 'PeerIp'),
  sentence(peer, 'left', 'Node left: ', /^Node left: (.*) \(([\d.a-fA-F:]{1,45})\)$/s, 'peer', 'PeerIp'),
  sentence(
    peer,
    'unhealthy',
    'Peer ',
    /^Peer (.*) marked unhealthy \((\d{1,9}) consecutive failures\)$/s,
    'peer',
    'failures',
  ),
  sentence(peer, 'healthy', 'Peer ', /^Peer (.*) is healthy again$/s, 'peer'),
  sentence(
    toolCall,
    'code_run',
    'Running code ',
    /^Running code \(timeout=([\d.]{1,16})s, net_isolated=(True|False)\)$/,
    'timeout',
    'net_isolated',
  ),
  sentence(toolCall, 'code_run', 'code_run ', /^code_run net_isolated=(True|False)$/, 'net_isolated'),
  sentence(
    mycoswarm,
    'plugin_loaded',
    'Plugin loaded: ',
    /^Plugin loaded: (.*) \(task_type=([^()]*)\)$/s,
    'plugin',
    'task_type',
  ),
  sentence(mycoswarm, 'plugin_loaded', 'plugin loaded: ', /^plugin loaded: (.*)$/s, 'plugin'),
  sentence(
    mycoswarm,
    'plugin_registered',
    'Registered: ',
    /^Registered: (.*) → task_type=(.*)$/s,
    'plugin',
    'task_type',
  ),
  sentence(
    mycoswarm,
    'plugin_failed',
    'Plugin failed: ',
    /^Plugin failed: (.*?) — (.*)$/s,
    'plugin',
    'error',
  ),
  sentence(mycoswarm, 'plugin_failed', 'plugin ', /^plugin (.*?) failed: (.*)$/s, 'plugin', 'error'),
  sentence(
    mycoswarm,
    'daemon_started',
    'mycoSwarm ',
    /^mycoSwarm (\S{1,32}) on (\S{1,64}), node (\S{1,64})$/,
    'version',
    'listens',
    'node_id',
  ),
  sentence(mycoswarm, 'daemon_started', 'API listening on ', /^API listening on (\S{1,128})$/, 'listens'),
  sentence(mycoswarm, 'daemon_stopped', 'shutting down', /^shutting down$/),
  sentence(mycoswarm, 'daemon_stopped', 'Shutting down', /^Shutting down\.{3}$/),
  sentence(
    swarmAuth,
    'token_written',
    'Swarm token saved to ',
    /^Swarm token saved to (.*)$/s,
    'TargetFilename',
  ),
  sentence(swarmAuth, 'token_created', 'Generated new swarm token', /^Generated new swarm token$/),
  sentence(
    swarmAuth,
    'token_crash',
    'TypeError: comparing strings with non-ASCII',
    /^TypeError: comparing strings with non-ASCII characters?.*$/s,
  ),
];
