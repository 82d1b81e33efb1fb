// Ctrl+Enter (or ⌘+Enter) sends a form from any of its fields, without a round trip for every key.
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest('form[data-submit-shortcut]');
  if (!form) return;
  event.preventDefault();
  // The field has not lost the focus yet, so nobody knows its value.
  event.target.dispatchEvent(new Event('change', { bubbles: true }));
  form.requestSubmit();
});

// A server that was restarted no longer knows this page: loading it again restores it.
const connection = document.getElementById('components-reconnect-modal');
connection?.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail.state === 'rejected') location.reload();
});
connection?.querySelector('button').addEventListener('click', async () => {
  try {
    if (!await Blazor.reconnect()) location.reload();
  } catch {
    // Still not there; the message stays.
  }
});

// A dialog begins at its first field. The server would say so late, and take the focus from where one types by then.
const begun = new WeakSet();
new MutationObserver(() => {
  const dialog = [...document.getElementsByClassName('mud-dialog')].at(-1);
  if (!dialog || begun.has(dialog)) return;
  const first = dialog.querySelector('input:not([type="hidden"], [readonly]), textarea, button');
  if (!first) return;
  begun.add(dialog);
  first.focus();
}).observe(document.body, { childList: true, subtree: true });

window.swe = {
  copy: text => navigator.clipboard.writeText(text),

  // Read piece by piece: a circuit ends at a message of more than 32 KB.
  textOf: (area, file) => file?.files.length ? file.files[0] : new TextEncoder().encode(area.value),

  // Brings a new result into view when the form above it has pushed it out.
  reveal(element) {
    if (element.getBoundingClientRect().top < innerHeight * 0.75) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' });
  },
};
