// The doors of the desk as tabs: one is open; the arrows go from one tab to the other.

class DeskDoors extends HTMLElement {
  connectedCallback() {
    this.tabs = [...this.querySelectorAll("[role=tab]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.open(tab));
    this.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = this.tabs.at((this.tabs.indexOf(event.target) + step) % this.tabs.length);
      this.open(next);
      next.focus();
    });
    addEventListener("hashchange", () => this.follow());
    this.follow();
  }

  /** Open the door that the address is about: #derive, or what a link of Derive holds. */
  follow() {
    const name = { g: "derive", derive: "derive", d: "check", check: "check" }[location.hash.slice(1).split("=")[0]];
    if (name) this.open(this.querySelector(`#door-${name}`));
  }

  open(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).classList.toggle("open", tab === chosen);
    }
  }
}

customElements.define("desk-doors", DeskDoors);
