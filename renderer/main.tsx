import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { handOverStyleNonce } from './app/style-nonce.ts';
import { applyTheme, rememberedTheme } from './app/theme.ts';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { App } from './app/app.tsx';
import { beginReading } from './app/first-readings.ts';

handOverStyleNonce(document);
applyTheme(rememberedTheme());

const root = document.getElementById('root');
const { queries, drawable } = beginReading();
void drawable.then(() => {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App queries={queries} />
    </StrictMode>,
  );
});
