/** Every drawing alone: `gallery.html?case=heads-30x9&theme=dark` shows one, without a case all are listed. */
import { createRoot } from 'react-dom/client';
import './theme/base.css';
import './gallery/gallery.css';
import { Gallery } from './gallery/gallery.tsx';

const query = new URLSearchParams(window.location.search);
document.documentElement.dataset['theme'] = query.get('theme') === 'dark' ? 'dark' : 'light';

const root = document.getElementById('root');
if (root === null) throw new Error('gallery.html has no element #root');
createRoot(root).render(<Gallery name={query.get('case')} />);
