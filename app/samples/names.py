"""Names of many cultures and scripts, as people write them; put together by lot, nobody's in fact.

``/`` parts a name in Latin letters from the same in its own script; ``_`` stands for a space.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Culture:
    """Given names of women and of men, and family names, each as one text of words.

    ``order`` is how they are joined: ``gf`` given name first, ``fg`` family name first, ``gff`` two
    family names, ``gs`` given name and father's name with an ending, ``g`` one name only.
    ``weight`` is how many in a hundred and more have such a name; ``places`` are near to them.
    ``skins`` and ``hairs`` bound how a drawn face looks (see faces.py), and ``style`` is frequent.
    """

    weight: int
    women: str
    men: str
    family: str
    order: str = "gf"
    places: str = ""
    skins: tuple[int, int] = (0, 2)
    hairs: tuple[int, ...] = (0, 1, 1, 2, 2, 5)
    style: str = ""


DARK = (0, 0, 0, 0, 1, 5)
BLACK = (0, 0, 0, 0, 0, 5)
FAIR = (1, 2, 2, 3, 4, 4, 5, 6)

CULTURES = (
    Culture(
        16,
        "Hannah Maya Claire Alice Ruth Grace Olivia Ellen Nora Jane Beth Laura Zoe Holly Tessa",
        "Robert Dan Owen Samuel Jack Peter Toby Adam Luke Neil Simon Ross Isaac Miles Grant Wesley",
        "Bloom Brooks Burke Butler Carver Dalton Ellison Fletcher Hale Harper Kendall Lowe Marsh "
        "Mercer Nash Palmer Quinn Reeves Sawyer Thorne Underwood Vance Whitaker Yates",
        places="Seattle Portland Austin London Toronto",
        hairs=(0, 1, 2, 2, 3, 4, 5, 6),
    ),
    Culture(
        7,
        "María José Carmen Lucía Sofía Valentina Ximena Beatriz Pilar Inés Marisol Guadalupe",
        "José Tomás Diego Álvaro Javier Andrés Joaquín Emilio Rafael Gonzalo Íñigo Ramón",
        "Aguirre Bolívar Bustamante Castañeda Echeverría Fernández García Ibáñez Jiménez Muñoz "
        "Núñez Ordóñez Peña Quiñones Ríos Sáenz Treviño Ureña Velázquez Yáñez Zúñiga",
        order="gff",
        places="Madrid Bogotá Austin Lisbon",
        skins=(1, 3),
        hairs=DARK,
    ),
    Culture(
        6,
        "Aditi Priya Ananya Kavya Meera Nandini Radhika Sunita/सुनीता Lakshmi/लक्ष्मी Ishita Pooja",
        "Arjun Rohan Vikram Siddharth Karthik Rajesh/राजेश Anil Devendra Harish Nikhil Sanjay Varun",
        "Banerjee Bhattacharya Chatterjee Deshpande Gupta Iyer Joshi Kulkarni Menon Mukherjee Nair "
        "Patel Rao Reddy Sharma/शर्मा Subramanian Trivedi Venkataraman",
        places="Bengaluru Pune Seattle London",
        skins=(3, 5),
        hairs=BLACK,
    ),
    Culture(
        3,
        "Gurpreet Harleen Simran Jasleen Manpreet Navdeep",
        "Gurpreet Harjit Jaspal Manjit Ranbir Sukhdev Tejinder",
        "Singh_Brar Singh_Gill Singh_Sandhu Kaur_Dhillon Singh_Grewal Kaur_Sidhu",
        places="Seattle Toronto Bengaluru",
        skins=(3, 4),
        hairs=BLACK,
        style="turban",
    ),
    Culture(
        6,
        "Wei/伟 Xiuying/秀英 Meiling/美玲 Jing/静 Lan/兰 Yan/燕 Xia/霞 Hui/慧 Ying/颖 Qing/青",
        "Chen/晨 Ming/明 Jun/军 Lei/磊 Hao/浩 Bo/波 Feng/峰 Kai/凯 Tao/涛 Zhiqiang/志强",
        "Wang/王 Li/李 Zhang/张 Liu/刘 Chen/陈 Yang/杨 Huang/黄 Zhao/赵 Wu/吴 Zhou/周 Xu/徐 Sun/孙 "
        "Zhu/朱 Gao/高 Lin/林 Guo/郭",
        places="Singapore Taipei Seattle Vancouver",
        skins=(0, 2),
        hairs=BLACK,
    ),
    Culture(
        4,
        "Yuki/由紀 Sakura/さくら Aiko/愛子 Haruka/遥 Naoko/直子 Emi/恵美 Rin/凛 Kaori/香",
        "Kenji/健二 Haruto/陽斗 Takumi/匠 Daichi/大地 Ryo/涼 Shota/翔太 Hiroshi/浩 Makoto/誠",
        "Abe/阿部 Fujimoto/藤本 Hayashi/林 Ishikawa/石川 Kobayashi/小林 Matsuda/松田 Nakamura/中村 "
        "Ōno/大野 Saitō/斎藤 Takahashi/高橋 Yamada/山田 Watanabe/渡辺",
        places="Kyoto Tokyo Seattle",
        skins=(0, 1),
        hairs=BLACK,
    ),
    Culture(
        3,
        "Ji-woo/지우 Seo-yeon/서연 Min-ji/민지 Ha-eun/하은 Soo-jin/수진",
        "Min-jun/민준 Ji-hoon/지훈 Seung-ho/승호 Hyun-woo/현우 Dong-hyun/동현",
        "Kim/김 Lee/이 Park/박 Choi/최 Jung/정 Kang/강 Yoon/윤 Lim/임 Han/한",
        places="Seoul Vancouver",
        skins=(0, 1),
        hairs=BLACK,
    ),
    Culture(
        3,
        "Thị_Minh_Khai Ngọc_Ánh Thu_Hà Mai_Phương Bích_Ngọc Khánh_Linh",
        "Quốc_Bảo Minh_Đức Anh_Tuấn Hữu_Phước Văn_Long Gia_Huy",
        "Nguyễn Trần Lê Phạm Bùi Đặng Đỗ Hồ Ngô Vũ",
        order="fg",
        places="Hanoi Remote",
        skins=(1, 2),
        hairs=BLACK,
    ),
    Culture(
        5,
        "Salma/سلمى Farida/فريدة Layla/ليلى Noor/نور Rania/رانيا Huda/هدى Amina/أمينة",
        "Omar/عمر Karim/كريم Yusuf/يوسف Tariq/طارق Hassan/حسن Ziad/زياد Samir/سمير Khalid/خالد",
        "al-Rashid/الراشد Haddad/حداد Khoury/خوري Mansour/منصور Nasser/ناصر Sabbagh/صباغ "
        "Akhtar Aziz/عزيز el-Amin/الأمين Darwish/درويش",
        places="Beirut Cairo Dubai London",
        skins=(1, 3),
        hairs=DARK,
        style="scarf",
    ),
    Culture(
        3,
        "Zeynep Elif Ayşe Gülşen Defne Çiğdem İpek Şebnem",
        "Mehmet Emre Oğuz Burak Çağlar İlker Şahin Ömer",
        "Aydın Yılmaz Çelik Öztürk Şimşek Güneş Kılıç Doğan Işık",
        places="Istanbul Berlin Remote",
        skins=(0, 2),
        hairs=DARK,
    ),
    Culture(
        5,
        "Amara Folasade Ngozi Adaeze Chiamaka Ifeoma Yetunde Bisi Temitope Zainab",
        "Oluwaseun Kwame Chinedu Emeka Babatunde Tunde Kofi Kelechi Obinna Ayodele",
        "Abiodun Adeyemi Boateng Chukwu Eze Mensah Nwosu Ogunleye Okafor Olawale Owusu Uzoma "
        "Adébáyọ̀ Ọláńrewájú",
        places="Lagos Accra London Nairobi",
        skins=(5, 6),
        hairs=BLACK,
        style="curly",
    ),
    Culture(
        4,
        "Wanjiru Akinyi Fatuma Njeri Achieng Makena Zawadi Nyambura",
        "Otieno Kamau Mwangi Kiprop Baraka Juma Odhiambo Wafula",
        "Kamau Ochieng Hassan Mutua Wekesa Kiplagat Njoroge Abdi Omondi Cheruiyot",
        places="Nairobi Kigali",
        skins=(5, 6),
        hairs=BLACK,
        style="curly",
    ),
    Culture(
        2,
        "Tirunesh/ጥሩነሽ Selam/ሰላም Hiwot/ሕይወት Mekdes/መቅደስ",
        "Abebe/አበበ Dawit/ዳዊት Tesfaye/ተስፋዬ Yonas/ዮናስ",
        "Bekele/በቀለ Haile/ኃይሌ Tadesse/ታደሰ Worku/ወርቁ",
        places="Nairobi Seattle",
        skins=(4, 6),
        hairs=BLACK,
    ),
    Culture(
        4,
        "Ingrid Astrid Freja Saga Linnéa Solveig Sigrid Åsa Märta",
        "Lars Björn Søren Håkon Nils Øyvind Mårten Jørgen Åke",
        "Andersson Lindqvist Bergström Sjöberg Ødegård Nørgaard Hägglund Åkerman Kjær Lund",
        places="Malmö Oslo Copenhagen",
        skins=(0, 0),
        hairs=FAIR,
    ),
    Culture(
        2,
        "Ásdís Guðrún Þórdís Sigríður Hrafnhildur Björk",
        "Þorsteinn Ásgeir Kári Jökull Höskuldur Snorri",
        "Árna Gunnars Þórs Sigurðar Kristjáns Ólafs",
        order="gs",
        places="Reykjavík",
        skins=(0, 0),
        hairs=FAIR,
    ),
    Culture(
        3,
        "Agnieszka Małgorzata Zofia Żaneta Kasia Bożena Świętosława",
        "Łukasz Paweł Grzegorz Michał Sławomir Zbigniew Wojciech",
        "Bąk Dąbrowicz Kowalczyk Łopata Mazur Pająk Sikora Wróbel Zając Źrebiec",
        places="Warsaw Kraków Remote",
        skins=(0, 1),
        hairs=FAIR,
    ),
    Culture(
        3,
        "Natalia/Наталия Olga/Ольга Darya/Дарья Oksana/Оксана Vera/Вера",
        "Dmytro/Дмитро Ivan/Иван Serhiy/Сергій Pavel/Павел Andrii/Андрій",
        "Kovalenko/Коваленко Shevchuk/Шевчук Bondar/Бондар Melnyk/Мельник Orlenko/Орленко",
        places="Warsaw Berlin Remote",
        skins=(0, 1),
        hairs=FAIR,
    ),
    Culture(
        4,
        "Chloé Amélie Noémie Geneviève Océane Hélène Maëlle",
        "Jean-Baptiste Étienne François Gaël Rémi Jean-Luc Loïc Théo",
        "Beauchamp-Desrosiers Lefèvre Bélanger d'Aubigny Côté Gagné Marchand de_la_Tour Noël",
        places="Paris Montréal Brussels",
        skins=(0, 2),
    ),
    Culture(
        4,
        "Anneliese Käthe Jutta Ursula Grete Lieselotte Heike",
        "Jürgen Günther Matthias Uwe Götz Friedrich Jörg",
        "Groß Müller Strauß von_Bülow Köhler Schäfer Weiß Zöllner Brückner",
        places="Berlin Zürich Vienna",
        skins=(0, 1),
        hairs=FAIR,
    ),
    Culture(
        4,
        "Chiara Giulia Francesca Beatrice Ilaria Noemi",
        "Matteo Lorenzo Niccolò Davide Riccardo Gabriele",
        "Bianchi D'Angelo Esposito Ferrari Lo_Presti Marchetti Ricci Santoro",
        places="Milan Lisbon",
        skins=(0, 2),
        hairs=DARK,
    ),
    Culture(
        4,
        "Inês Conceição Luísa Margarida Patrícia Thaís",
        "Lucas João Mateus Tomé Antônio Estêvão",
        "Almeida Araújo Conceição Costa Gonçalves Guimarães Magalhães dos_Santos Simões",
        places="Lisbon São_Paulo",
        skins=(1, 5),
        hairs=DARK,
    ),
    Culture(
        3,
        "Niamh Siobhán Aoife Róisín Caoimhe Gráinne",
        "Seán Cillian Pádraig Oisín Eoghan Tadhg",
        "O'Brien O'Sullivan Ní_Dhomhnaill Mac_Gearailt O'Neill Byrne Gallagher",
        places="Dublin London",
        skins=(0, 0),
        hairs=FAIR,
    ),
    Culture(
        2,
        "Eleni/Ελένη Katerina/Κατερίνα Ioanna/Ιωάννα Despina/Δέσποινα",
        "Nikos/Νίκος Yannis/Γιάννης Kostas/Κώστας Stavros/Σταύρος",
        "Papadopoulos/Παπαδόπουλος Georgiou/Γεωργίου Vlachos/Βλάχος Angelidis/Αγγελίδης",
        places="Athens Berlin",
        skins=(1, 2),
        hairs=DARK,
    ),
    Culture(
        2,
        "Noa/נועה Tamar/תמר Shira/שירה Yael/יעל",
        "Eitan/איתן Uri/אורי Noam/נועם Amit/עמית",
        "Levi/לוי Mizrahi/מזרחי Peretz/פרץ Ben-David/בן-דוד Shalev/שלו",
        places="Tel_Aviv London",
        skins=(0, 3),
        hairs=DARK,
    ),
    Culture(
        2,
        "Siriporn/ศิริพร Kanya/กัญญา Malee/มาลี",
        "Somchai/สมชาย Anan/อนันต์ Niran/นิรันดร์",
        "Chaiyasit/ชัยสิทธิ์ Rattanakul/รัตนกุล Wongsa/วงษา Saetang/แซ่ตั้ง",
        places="Singapore Remote",
        skins=(2, 3),
        hairs=BLACK,
    ),
    Culture(
        2,
        "Ketut Dewi Sari Wulandari Ratna Kartika",
        "Budi Suharto Wayan Agus Bambang Hendra",
        "Pratama Wijaya Santoso Kusuma",
        order="g",
        places="Singapore Remote",
        skins=(2, 4),
        hairs=BLACK,
    ),
    Culture(
        2,
        "Leilani Kalena Māhealani Aroha Ngaio Hinemoa",
        "Keoni Kekoa Tāne Wiremu Rangi Hēmi",
        "Kealoha Kaʻahumanu Kamakaʻeha Ngata Pōmare Tūhoe Whaanga",
        places="Auckland Honolulu",
        skins=(3, 5),
        hairs=BLACK,
        style="curly",
    ),
)
