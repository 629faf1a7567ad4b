/** Mounts the window on its connection. */
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createConnection } from './api/connection.ts';
import { desktopBridge } from './api/desktopBridge.ts';
import { openDesktopPort } from './api/desktopPort.ts';
import { openSocketPort } from './api/socketConnection.ts';
import { createWorkbench } from './api/workbench.ts';
import './theme/base.css';

const bridge = desktopBridge();
// Before anything reads the address: a token that is in it is taken out first.
const connection = createConnection(() => (bridge === null ? openSocketPort() : openDesktopPort(bridge)));
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');
createRoot(root).render(<App workbench={createWorkbench(connection)} />);
