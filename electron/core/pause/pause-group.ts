import { type ConsentGate, ConsoleError, type ConsoleService } from '#core/console/service.ts';
import type { PauseDesk } from './pause-desk.ts';

/**
 * The brake as pages and commands have it. Pulling it asks nobody: whoever agreed to changes on a node agreed to agents being stopped there.
 * Letting go brings back what may have been stopped for a reason, so a person is asked outside the renderer.
 */
export function pauseGroup(desk: PauseDesk, consent: ConsentGate): NonNullable<ConsoleService['pause']> {
  let asking = false;
  async function ask(question: { title: string; lines: string[] }): Promise<boolean> {
    asking = true;
    try {
      return await consent.ask(question);
    } catch {
      return false;
    } finally {
      asking = false;
    }
  }
  return {
    state: async () => desk.state(),
    look: () => desk.look(),
    pause: () => desk.pause(),
    async resume() {
      const { is, nodes } = desk.state();
      if (is === 'running') {
        throw new ConsoleError('NOT_ALLOWED', 'Agents are not paused.', {
          untouched: 'Nothing was changed.',
          next: 'There is nothing to let go.',
        });
      }
      // One question at a time: a page that asks a hundred times must not wear a person down.
      const names = nodes.filter((node) => node.is !== 'nothing-there').map(({ name }) => name);
      const question = {
        title: 'Let all agents run again?',
        lines: [
          `On ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}.`,
          'They go on with what they were doing when they were paused.',
        ],
      };
      const agreed = !asking && (await ask(question));
      if (agreed !== true) {
        throw new ConsoleError('CONSENT_REFUSED', 'Consent was not given. Agents stay paused.', {
          untouched: 'Agents stay paused.',
          next: 'Order it again and agree in the window or terminal that asks.',
        });
      }
      return desk.resume();
    },
  };
}
