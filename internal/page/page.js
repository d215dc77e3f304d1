// Follows /.catnap/status and shows what it says. An operator's own template may lack any of the elements and the
// data: whatever is missing is left out.
(() => {
	const $ = (id) => document.getElementById(id);
	const all = (selector) => [...document.querySelectorAll(selector)];
	const given = {
		kind: 'waking', lang: 'en', elapsed: 0, retry: 0, usual: 0, guess: 45, slow: 90, why: 'waking', texts: {}, files: [],
		...JSON.parse($('catnap')?.textContent || '{}'),
	};
	const page = document.body.dataset;
	page.kind = given.kind;
	const views = ['waking', 'failed', 'frozen', 'limited', 'resend', 'asleep', 'again'].map($).filter(Boolean);
	const steps = all('li[data-name]');
	const icon = document.querySelector('link[rel=icon][data-ready]');
	const iconAsleep = icon?.href;
	const key = 'catnap:' + location.pathname;
	const loaded = Date.now();

	// Times are counted from what the server said, so a wrong clock here does no harm.
	let began = loaded - given.elapsed * 1000;
	let retryAt = loaded + given.retry * 1000;
	let readyAt = given.usual ? began + given.usual * 1000 : 0;
	let usual = given.usual, slow = given.slow, late = false;
	let wanted = given.byScript && ['waking', 'resend'].includes(given.kind); // a wake that only this script may ask for
	let fails = 0, asleep = 0, polled = loaded, turn = 0, busy = false, timer, leaving;

	// What earlier reloads of this tab remember: how many, and when the last was. Storage may be denied.
	let memory = { open: 0, lost: 0, at: 0 };
	try {
		sessionStorage.setItem(key + '?', '');
		memory = Object.assign(memory, JSON.parse(sessionStorage.getItem(key)));
		if (loaded - memory.at > 15e3) memory.open = 0;
		if (loaded - memory.at > 6e5) memory.lost = 0;
	} catch {
		const reloaded = performance.getEntriesByType('navigation')[0]?.type === 'reload';
		memory = { open: reloaded ? 4 : 0, lost: 3 };
	}

	// A reload keeps path, query and fragment, and adds nothing to the history.
	function reload(why) {
		memory[why]++;
		memory.at = Date.now();
		try { sessionStorage.setItem(key, JSON.stringify(memory)); } catch {}
		location.reload();
	}

	// ---- Texts and times

	function fill(name, values) {
		return (given.texts[name] || '').replace(/\{(\w+)\}/g, (mark, word) => values?.[word] ?? mark);
	}

	function text(el, s) {
		if (el && el.textContent !== s) el.textContent = s;
	}

	// Read out to those who do not see the page: steps and views, not seconds.
	function say(s) {
		text($('live'), s);
	}

	function span(ms) {
		const s = Math.max(0, Math.floor(ms / 1000));
		if (s < 60) return fill('seconds', { seconds: s });
		return fill('minutes', { minutes: Math.floor(s / 60), seconds: String(s % 60).padStart(2, 0) });
	}

	// The visitor's own way of writing the page's language, such as British English.
	const locale = navigator.languages?.find((tag) => tag.split('-')[0] === given.lang) || given.lang;

	function dateText(at, options) {
		return new Intl.DateTimeFormat(locale, options).format(at);
	}

	// How full the bar is: the same formula as Fraction in times.go, which explains it.
	function fraction(t, usual) {
		if (t <= usual) return 0.8 * t / usual;
		const x = (t - usual) / (usual / 4);
		return 0.8 + 0.2 * x / (1 + x);
	}

	// "About" in steps of 5 s, and of one second at the end: a number that changes each second claims too much.
	function estimate(elapsed, left) {
		const unit = left > 1e4 ? 5e3 : 1e3;
		if (left > 0) return fill('eta_about', { time: span(Math.ceil(left / unit) * unit) });
		if (elapsed >= slow * 1000) return fill('eta_slow');
		return usual ? fill('eta_usual', { time: span(usual * 1000) }) : '';
	}

	// ---- What is shown

	function heading() {
		return $(page.kind)?.querySelector('h1');
	}

	function title() {
		const now = 'ready' in page ? fill('ready_title') : heading()?.textContent;
		document.title = now || document.title;
	}

	function show(kind) {
		if (page.kind === kind) return;
		page.kind = kind;
		const view = $(kind);
		const focused = views.some((other) => other !== view && other.contains(document.activeElement));
		if (view) for (const other of views) other.hidden = other !== view;
		title();
		say(document.title);
		if (focused && heading()) {
			heading().tabIndex = -1;
			heading().focus();
		}
	}

	function ready(is) {
		if (is === 'ready' in page) return;
		if (is) page.ready = '';
		else delete page.ready;
		if (icon) icon.href = is ? icon.dataset.ready : iconAsleep;
		if (page.kind === 'resend') text(heading(), fill(is ? 'resend_ready_heading' : 'resend_heading'));
		title();
		if (is) say(page.kind === 'resend' ? heading()?.textContent : fill('ready'));
	}

	function mark(li, state, seconds) {
		if (seconds > 0) text(li.querySelector('.took'), span(seconds * 1000));
		if (state === 'todo') text(li.querySelector('.took'), '');
		if (li.dataset.state === state) return;
		li.dataset.state = state;
		const active = state === 'active';
		const label = li.dataset[active ? 'doing' : 'done'];
		text(li.querySelector('.label'), label);
		text(li.querySelector('i'), state === 'done' ? fill('step_done') : '');
		li.setAttribute('aria-current', active && 'step');
		if (active) say(label);
	}

	function tickWaking(now) {
		const elapsed = now - began, bar = $('bar');
		text($('clock'), span(elapsed));
		for (const el of all('[data-eta]')) text(el, estimate(elapsed, readyAt - now));
		if (bar) bar.value = 'ready' in page ? 1 : fraction(Math.max(0, elapsed) / 1000, usual || given.guess);
		if (page.kind === 'waking' && !late && elapsed >= slow * 1000 && readyAt <= now) {
			late = true;
			say(fill('eta_slow'));
		}
	}

	function tick() {
		const now = Date.now(), left = retryAt - now, retry = $('retry');
		tickWaking(now);
		for (const el of all('[data-later]')) el.hidden = left <= 0;
		for (const el of all('[data-now]')) el.hidden = left > 0;
		if (retry) {
			text(retry, left > 0 ? fill('failed_button_wait', { time: span(left + 999) }) : fill('failed_button'));
			retry.setAttribute('aria-disabled', left > 0);
		}
		if (left <= 0) return;
		const at = new Date(Math.round(retryAt / 6e4) * 6e4);
		const time = dateText(at, { hour: '2-digit', minute: '2-digit' });
		const date = dateText(at, { dateStyle: 'long', timeStyle: 'short' });
		for (const el of all('[data-text]')) {
			const soon = el.dataset.text === 'resend_later' && left < 432e5;
			text(el, fill(soon ? 'failed_later' : el.dataset.text, { time, date }));
		}
	}

	// ---- What the status means

	function progress(s) {
		for (const step of s.steps || []) {
			const li = steps.find((li) => li.dataset.name === step.name);
			if (li) mark(li, step.state, step.seconds);
		}
		const start = Date.now() - s.elapsed_seconds * 1000;
		if (Math.abs(start - began) > 1500) began = start;
		const eta = Date.now() + s.eta_seconds * 1000;
		if (!(s.eta_seconds > 0)) readyAt = 0;
		else if (Math.abs(eta - readyAt) > 1500) readyAt = eta;
		usual = s.usual_seconds || usual;
		slow = s.slow_seconds || slow;
	}

	// A hidden tab only says that it is ready: opening would be a visit, and nobody is there. The page that comes
	// straight back, again and again, is asked for ever more slowly.
	function open() {
		wanted = false;
		for (const li of steps) mark(li, 'done');
		ready(true);
		if (document.hidden || leaving) return;
		const n = memory.open;
		leaving = setTimeout(() => {
			leaving = 0;
			if (!document.hidden) reload('open');
		}, n < 2 ? 0 : Math.min(6e4, 1000 * 2 ** n));
	}

	function stay() {
		clearTimeout(leaving);
		leaving = 0;
		ready(false);
	}

	// Nobody is looking at a hidden tab: it must not start anything.
	function askAgain() {
		if (document.hidden) return;
		if (memory.lost < 3) reload('lost');
		else show('asleep');
	}

	function followWaking(s) {
		stay();
		if (s.phase !== 'asleep') progress(s);
		else if (wanted) return;
		else if (s.limited) show('limited');
		else if (asleep > 1) askAgain();
	}

	// Any other view waits for the visitor: a tab left open keeps nothing awake.
	function followResting(s) {
		if (s.phase !== 'asleep') show('again');
		else if (page.kind !== 'failed') show(s.limited ? 'limited' : 'asleep');
	}

	// The form stays: this view is never left, and never sends by itself.
	function followResend(s, up, blocked) {
		ready(up);
		if (s.phase === 'waking') progress(s);
		page.why = up ? 'ready' : blocked || s.phase === 'asleep' ? s.phase : 'waking';
		if (!blocked) retryAt = 0;
		for (const el of all('[data-why]')) el.hidden = el.dataset.why !== page.why;
	}

	function follow(s) {
		const up = s.phase === 'awake' || s.phase === 'drowsy';
		const blocked = s.phase === 'failed' || s.phase === 'frozen';
		asleep = s.phase === 'asleep' ? asleep + 1 : 0;
		if (blocked && ('retry_seconds' in s || page.kind !== s.phase)) retryAt = Date.now() + (s.retry_seconds || 0) * 1000;
		if (page.kind === 'resend') {
			followResend(s, up, blocked);
		} else if (blocked) {
			stay();
			show(s.phase);
		} else if (page.kind !== 'waking') followResting(s);
		else if (up) open();
		else followWaking(s);
		tick();
	}

	// ---- Asking

	function pause() {
		const resting = page.kind !== 'waking' && (page.kind !== 'resend' || page.why !== 'waking');
		if (resting) return document.hidden ? 6e5 : 6e4;
		if (document.hidden) return 'ready' in page ? 6e4 : 1e4;
		return fails ? Math.min(1e4, 1000 * 2 ** fails) * (0.5 + Math.random() / 2) : 1000;
	}

	function schedule() {
		clearTimeout(timer);
		if (!busy) timer = setTimeout(poll, Math.max(0, polled + pause() - Date.now()));
	}

	// Only the latest question counts: an answer that was overtaken may be from before a click.
	async function ask(path, method) {
		const mine = ++turn;
		clearTimeout(timer);
		busy = true;
		try {
			const r = await fetch(path, { method, cache: 'no-store', signal: AbortSignal.timeout?.(8000) });
			if (!r.ok) throw r.status;
			const s = await r.json();
			if (mine === turn) follow(s);
			fails = 0;
		} catch {
			fails++;
		}
		if (mine !== turn) return;
		polled = Date.now();
		busy = false;
		schedule();
	}

	function poll() {
		if (!wanted || document.hidden) return ask('/.catnap/status', 'GET');
		wanted = false;
		return ask('/.catnap/wake', 'POST');
	}

	// ---- What the visitor does

	function click(path) {
		began = Date.now();
		asleep = readyAt = 0;
		wanted = late = false;
		steps.forEach((li, i) => mark(li, i ? 'todo' : 'active'));
		show('waking');
		tick();
		ask(path, 'POST');
	}

	for (const button of all('[data-wake]')) {
		button.addEventListener('click', (e) => {
			if (!$('waking')) return;
			e.preventDefault();
			memory.lost = memory.open = 0;
			click('/.catnap/wake?click');
		});
	}
	for (const a of [$('retry'), $('open')].filter(Boolean)) {
		a.addEventListener('click', (e) => {
			e.preventDefault();
			if (a.getAttribute('aria-disabled') === 'true') return;
			memory.lost = memory.open = 0;
			reload('lost');
		});
	}

	// The bytes of the files come back through what a drop would bring. Fields may have any name, also those of a
	// form's own properties, so the form itself is never asked.
	function restore(input, file) {
		if (!file?.name) return;
		try {
			const kept = new DataTransfer();
			const bytes = Uint8Array.from(atob(file.data || ''), (c) => c.charCodeAt(0));
			kept.items.add(new File([bytes], file.name, { type: file.type }));
			input.files = kept.files;
			text(input.closest('label')?.querySelector('span'), fill('resend_file_kept', { file: file.name }));
		} catch {} // the label still asks for the file
	}

	all('#resend input[type=file]').forEach((input, i) => restore(input, given.files[i]));
	if (page.kind === 'resend') page.why = given.why;
	if ($('progress')) $('progress').hidden = false;
	if (given.byScript) title();
	document.addEventListener('visibilitychange', schedule);
	addEventListener('pageshow', (e) => {
		if (e.persisted) poll();
	});
	setInterval(tick, 500);
	tick();
	if (wanted && !document.hidden || page.kind === 'resend') poll();
	else schedule();
})();
