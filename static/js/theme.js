// Loaded in <head> without defer, so that a chosen theme is there before the first paint.
// Without a choice the attribute is absent and the system setting rules.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("brygga.theme");
    if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
  } catch {
    // Storage is closed to us (private mode, policy): the system setting rules.
  }
})();
