"""Names of many cultures and scripts. Combinations are random and mean no real person.

``/`` separates a Latin name from the same name in its own script; ``_`` stands for a space.
"""

from __future__ import annotations

from app.samples.culture import BLACK, DARK, Culture
from app.samples.european_names import EUROPEAN

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
    *EUROPEAN,
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
