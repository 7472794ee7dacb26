import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, nativeTheme, session, type WebContents } from 'electron';
import { APP_ORIGIN, type BridgePage, type CoreState } from '#shared/contract/bridge.ts';
import { CHANNELS } from '#shared/contract/bridge-channels.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { answerBridge } from './bridge.ts';
import { ConsentDialog } from './consent.ts';
import type { CoreStatus } from './control.ts';
import { CoreProcess } from './core-process.ts';
import { guardAllContents } from './guard-contents.ts';
import { closeNetwork, guardAllSessions, guardSession, quietChromium } from './guard-session.ts';
import { setApplicationMenu } from './menu.ts';
import { Notifications } from './notifications.ts';
import { readOptions } from './options.ts';
import { plainText } from './plain-text.ts';
import { printPage } from './print-page.ts';
import { refuseDeepLinks, takeInstanceLock } from './single-instance.ts';
import { shownStatus } from './status.ts';
import { aboutSwitch, refusedSwitch } from './switches.ts';
import { StatusTray } from './tray.ts';
import { MainWindow } from './window.ts';

/** dist/: every bundle lies one folder below it. */
const dist = fileURLToPath(new URL('../', import.meta.url));
const icons = join(dist, 'icons');

const refused = refusedSwitch();
// All of this has to be in force before Electron is ready.
app.enableSandbox();
app.setName('Swarmkeep');
// Windows shows notifications only for an application that says who it is: the appId of electron-builder.yml.
if (process.platform === 'win32') app.setAppUserModelId('app.swarmkeep.console');
registerAppScheme();
quietChromium();
refuseDeepLinks();
guardAllContents();

const options = readOptions(process.argv.slice(1));
// Records of its own are a console of its own: the lock and Chromium's files go with them.
if (options.dataFolder !== null) app.setPath('userData', join(options.dataFolder, 'desktop'));

let quitting = false;
let tray: StatusTray | null = null;
let main: MainWindow | null = null;

const isOurs = (contents: WebContents | null) => main?.isOurs(contents) ?? false;
const show = (page?: BridgePage) => main?.show(page);

if (refused !== null) {
  dialog.showErrorBox('Swarmkeep was not started', aboutSwitch(refused));
  app.exit(64);
} else if (takeInstanceLock(() => show())) {
  guardAllSessions(isOurs);
  app.whenReady().then(run).catch(stopAtOnce);
} else {
  app.exit(0);
}

async function run(): Promise<void> {
  // In memory only: nothing that a node said is left in a cache or a cookie on the disk.
  const ours = session.fromPartition('swarmkeep', { cache: false });
  for (const each of [session.defaultSession, ours]) {
    guardSession(each, isOurs);
    await closeNetwork(each);
  }
  await serveApp(ours, join(dist, 'renderer'));
  const window = new MainWindow({
    session: ours,
    preload: join(dist, 'preload', 'preload.cjs'),
    icon: join(icons, '256x256.png'),
    staysInTray: () => tray !== null && !quitting,
  });
  main = window;

  let status: CoreStatus | null = null;
  const refresh = (state: CoreState) => {
    const shown = shownStatus(status, state);
    window.setSentence(shown.sentence);
    tray?.show(shown);
  };
  const notifications = new Notifications(() => show());
  const consent = new ConsentDialog(() => window.window);
  const core = new CoreProcess(
    { script: join(dist, 'main', 'core.js'), version: app.getVersion(), ...options },
    {
      state: (state) => {
        refresh(state);
        window.send(CHANNELS.coreStateChanged, state);
      },
      message: (message) => {
        switch (message.kind) {
          case 'status':
            status = message.status;
            nativeTheme.themeSource = status.theme;
            refresh(core.state);
            break;
          case 'notice':
            notifications.tell(message.sentence);
            break;
          case 'consent': {
            const { id } = message.question;
            window.show();
            void consent.ask(message.question).then((given) => core.send({ kind: 'consent', id, given }));
            break;
          }
          case 'print': {
            const { id, page } = message;
            void printPage(page)
              .catch((error: unknown) => {
                const why = error instanceof Error ? error.message : 'unknown';
                process.stderr.write(`A report was not printed: ${plainText(why, 256)}\n`);
                return null;
              })
              .then((pdf) => core.send({ kind: 'printed', id, pdf }));
            break;
          }
          case 'show':
            window.show();
            break;
          case 'cannot':
            void tellFailure(window, message.message);
            break;
        }
      },
    },
  );
  answerBridge(window, () => core);

  const lookNow = () => {
    if (core.state === 'failed') core.startAgain();
    else core.send({ kind: 'look-now' });
  };
  const quit = () => app.quit();
  setApplicationMenu({ open: (page) => window.show(page), lookNow, quit });
  try {
    tray = new StatusTray(icons, shownStatus(null, core.state), { open: () => window.show(), lookNow, quit });
  } catch {
    // No place for it on this desktop: then closing the window ends the application.
    tray = null;
  }
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (quitting) return;
    // The store is closed first; then this is called again and lets the application end.
    event.preventDefault();
    quitting = true;
    void core.stop().finally(() => app.quit());
  });
  core.start();
  window.show();
  process.stdout.write(`Swarmkeep is ready: ${APP_ORIGIN}/\n`);
}

/** The console cannot run: said in a dialog, for the page behind it has nothing to show. */
async function tellFailure(window: MainWindow, message: string): Promise<void> {
  window.show();
  if (window.window === null) return;
  await dialog.showMessageBox(window.window, {
    type: 'error',
    title: app.name,
    message: 'The console could not be opened.',
    detail: plainText(message, 1_024),
    buttons: ['OK'],
  });
}

/** Half a set of guards is none: what cannot be set up whole does not start. */
function stopAtOnce(error: unknown): void {
  process.stderr.write(`Swarmkeep could not start: ${error instanceof Error ? error.message : 'unknown'}\n`);
  app.exit(1);
}
