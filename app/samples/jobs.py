"""Departments, job titles, locations and self-descriptions of sample people, by frequency."""

from __future__ import annotations

# Department, weight, and its titles without a level.
DEPARTMENTS = (
    ("Engineering", 17, "Software Engineer|Reliability Engineer|Test Engineer|Mobile Engineer"),
    ("Engineering", 7, "Network Engineer|Platform Engineer"),
    ("Sales", 12, "Sales Engineer|Account Manager|Sales Representative|Partner Manager"),
    ("Support", 11, "Support Engineer|Support Specialist|Technical Writer"),
    ("Marketing", 8, "Marketing Manager|Photo Editor|Copywriter|Campaign Manager"),
    ("Finance", 7, "Accountant|Payroll Specialist|Financial Analyst|Controller"),
    ("Operations", 7, "Operations Manager|Logistics Planner|Warehouse Lead|Buyer"),
    ("Data", 6, "Data Analyst|Data Engineer|Data Scientist"),
    ("Design", 5, "Product Designer|Illustrator|Design Researcher"),
    ("People", 5, "People Partner|Recruiter|Trainer"),
    ("Product", 5, "Product Manager|Product Analyst"),
    ("IT", 4, "Systems Administrator|Database Administrator|Service Desk Analyst"),
    ("Security", 3, "Security Engineer|Security Analyst"),
    ("Quality", 3, "QA Engineer|Quality Auditor"),
    ("Workplace", 3, "Facilities Lead|Receptionist|Office Manager"),
    ("Legal", 2, "Counsel|Paralegal|Contracts Manager"),
    ("Research", 2, "Research Scientist|Laboratory Technician"),
    ("Manufacturing", 2, "Process Engineer|Machinist|Line Supervisor"),
    ("Field Service", 2, "Field Engineer|Dispatcher"),
    ("Communications", 1, "Communications Director|Press Officer"),
    ("Procurement", 1, "Procurement Specialist"),
    ("Compliance", 1, "Compliance Officer"),
    ("Translation", 1, "Translator|Localisation Engineer"),
    ("Events", 1, "Event Producer"),
    ("Learning", 1, "Course Author"),
    ("Accessibility", 1, "Accessibility Specialist"),
    ("Sustainability", 1, "Energy Analyst"),
    ("Fleet", 1, "Fleet Coordinator"),
    ("Kitchen", 1, "Chef|Barista"),
    ("Archive", 1, "Archivist"),
    ("Executive", 1, "Chief of Staff|Executive Assistant"),
)  # fmt: skip

# Prefixes of titles, repeated by weight; leaders have their own.
LEVELS = (*[""] * 10, *["Senior"] * 5, *["Junior"] * 3, *["Lead"] * 2, "Principal")
LEVELS_OF_LEADERS = (*[""] * 12, *["Senior"] * 3, "Deputy", "Regional")
LEADERS = frozenset({"Lead", "Director", "Manager", "Staff", "Assistant", "Supervisor", "Officer"})

# Location, weight, and the start of its phone numbers.
LOCATIONS = (
    ("Seattle", 20, "+1 206 555 01"), ("Remote", 13, "+1 425 555 01"),
    ("London", 8, "+44 20 7946 09"), ("Bengaluru", 7, "+91 80 5550 01"),
    ("Lisbon", 6, "+351 21 555 01"), ("Berlin", 5, "+49 30 5550 01"),
    ("Nairobi", 5, "+254 20 555 01"), ("Singapore", 5, "+65 6555 01"),
    ("Toronto", 4, "+1 416 555 01"), ("Warsaw", 4, "+48 22 555 01"),
    ("Austin", 3, "+1 512 555 01"), ("Kyoto", 3, "+81 75 555 01"), ("Paris", 3, "+33 1 555 01"),
    ("Dublin", 2, "+353 1 555 01"), ("Lagos", 2, "+234 1 555 01"),
    ("Madrid", 2, "+34 91 555 01"), ("Reykjavík", 2, "+354 555 01"),
    ("São Paulo", 2, "+55 11 5550 01"), ("Seoul", 2, "+82 2 555 01"),
    ("Malmö", 2, "+46 40 555 01"), ("Beirut", 2, "+961 1 555 01"),
    ("Istanbul", 2, "+90 212 555 01"), ("Bogotá", 1, "+57 601 555 01"),
    ("Montréal", 1, "+1 514 555 01"), ("Vancouver", 1, "+1 604 555 01"),
    ("Portland", 1, "+1 503 555 01"), ("Tokyo", 1, "+81 3 5550 01"),
    ("Taipei", 1, "+886 2 5550 01"), ("Hanoi", 1, "+84 24 5550 01"),
    ("Cairo", 1, "+20 2 5550 01"), ("Dubai", 1, "+971 4 555 01"), ("Accra", 1, "+233 30 555 01"),
    ("Kigali", 1, "+250 252 555 01"), ("Oslo", 1, "+47 21 555 01"),
    ("Copenhagen", 1, "+45 3555 01"), ("Kraków", 1, "+48 12 555 01"),
    ("Zürich", 1, "+41 44 555 01"), ("Vienna", 1, "+43 1 555 01"), ("Milan", 1, "+39 02 5550 01"),
    ("Athens", 1, "+30 21 5550 01"), ("Tel Aviv", 1, "+972 3 555 01"),
    ("Auckland", 1, "+64 9 555 01"), ("Honolulu", 1, "+1 808 555 01"),
    ("Pune", 1, "+91 20 5550 01"), ("Brussels", 1, "+32 2 555 01"),
)  # fmt: skip

# Badge, and the percentage of people who have it.
BADGES = (
    ("apple", 38), ("windows", 41), ("linux", 21), ("video-camera", 7), ("trophy", 3),
    ("camera", 12), ("plane", 14), ("paperclip", 9), ("coffee", 33), ("gamepad", 16), ("bug", 18),
    ("umbrella", 11),
)  # fmt: skip

ABOUT_WORK = (
    "Keeps the mail and payment services awake so that the rest of us can sleep.",
    "Turns rough sketches into things that people can touch.",
    "Knows which form you need, and why it has two pages.",
    "Reads every customer letter, and answers most of them.",
    "Looks after the machines on the third floor.",
    "Makes slow things quick and quick things quiet.",
    "Plans the week so that nobody has to guess.",
    "Teaches new colleagues where everything is, and learns half of it again each time.",
    "Counts what we have, and finds what we lost.",
    "Writes the notes that everyone forwards.",
)
ABOUT_PAST = (
    "Came from a small shipyard, by way of a school.",
    "Started at the front desk, and still knows everyone.",
    "Here since the days of one kettle and two desks.",
    "Joined from the university, where the coffee was worse.",
    "Back after three years away, and glad of it.",
    "Moved across two oceans for this, with one suitcase.",
)
ABOUT_ASK = (
    "Ask about load testing, queues that will not drain, and a decent flat white near the office.",
    "Ask about night trains, sourdough, or the budget.",
    "Ask about birds: there is a list.",
    "Ask about chess, but not before ten.",
    "Ask about old maps and new bicycles.",
    "Ask about anything with a spreadsheet in it.",
    "Ask about the choir, which always needs tenors.",
)
