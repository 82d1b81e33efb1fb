// The code browser's own keys, and what scrolls to a line.
let stop_ = null;

export function listen(root, page) {
  stop_?.();
  const press = event => {
    const inField = event.target.closest?.('input, textarea, select, [contenteditable], .mud-dialog');
    if ((event.ctrlKey || event.metaKey) && event.key === 'f' && root.querySelector('.source')) {
      // Most lines are not in the page, so the browser would not find them.
      event.preventDefault();
      page.invokeMethodAsync('PressAsync', 'f');
    } else if (!inField && !event.ctrlKey && !event.metaKey && !event.altKey && ['y', 'f', 's'].includes(event.key)) {
      event.preventDefault();
      page.invokeMethodAsync('PressAsync', event.key);
    }
  };
  // The server hears nothing of an address that differs in its lines only.
  const tell = () => {
    const [, from, to] = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash) ?? [0, 0, 0];
    page.invokeMethodAsync('SelectLines', Number(from), Number(to ?? from));
  };
  // The second line of a range is chosen with Shift.
  const click = event => {
    const link = event.target.closest?.('a[href*="#L"]');
    if (!link || event.ctrlKey || event.metaKey || link.pathname !== location.pathname || link.search !== location.search) return;
    event.preventDefault();
    event.stopPropagation();
    const line = Number(link.dataset.line);
    const begin = Number(/^#L(\d+)/.exec(location.hash)?.[1]);
    const isRange = event.shiftKey && line && begin && begin !== line;
    const hash = isRange ? `#L${Math.min(begin, line)}-L${Math.max(begin, line)}` : link.hash;
    history.pushState(history.state, '', location.pathname + location.search + hash);
    tell();
  };
  document.addEventListener('keydown', press);
  root.addEventListener('click', click, true);
  addEventListener('popstate', tell);
  stop_ = () => {
    document.removeEventListener('keydown', press);
    root.removeEventListener('click', click, true);
    removeEventListener('popstate', tell);
  };
}

export function stop() {
  stop_?.();
  stop_ = null;
}

/** Brings a line into sight, a third of the way down, unless it can be seen already. */
export function reveal(element, line, height) {
  if (!element) return;
  const top = (line - 1) * height;
  if (top < element.scrollTop + height || top > element.scrollTop + element.clientHeight - 3 * height)
    element.scrollTop = Math.max(0, top - element.clientHeight / 3);
  const box = element.getBoundingClientRect();
  const at = box.top + top - element.scrollTop;
  if (at < 60 || at > innerHeight - 40) element.scrollIntoView({ block: 'nearest' });
}

/** Goes to a heading of a document that was not there when the page was opened. */
export function revealAnchor() {
  if (location.hash.startsWith('#doc-')) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
