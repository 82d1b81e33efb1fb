// The theme: follows the system until the user chooses. Runs before the first paint.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let listener = null;

  const choice = () => localStorage.getItem('swe-theme') ?? 'system';
  const isDark = () => choice() === 'dark' || (choice() === 'system' && system.matches);

  const apply = () => {
    const theme = isDark() ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme;
    // Tells the server how to render the next page.
    document.cookie = `swe-theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    listener?.invokeMethodAsync('ThemeChanged', isDark());
  };

  window.sweTheme = {
    choose(value) {
      if (value === 'system') localStorage.removeItem('swe-theme');
      else localStorage.setItem('swe-theme', value);
      apply();
    },
    watch(dotNet) {
      listener = dotNet;
      apply();
      return choice();
    },
  };
  system.addEventListener('change', apply);
  apply();
})();
