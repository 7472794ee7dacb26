import type { Settings } from '#shared/domain/settings.ts';

type Theme = Settings['theme'];

const STORAGE_KEY = 'swarmkeep-theme';

/** The theme that was in force when this browser last showed the page, so that the first paint is right. */
export function rememberedTheme(): Theme {
  const kept = window.localStorage.getItem(STORAGE_KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Put a theme in force on the whole page and remember it for the next first paint. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    window.localStorage.removeItem(STORAGE_KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    window.localStorage.setItem(STORAGE_KEY, theme);
  }
}
