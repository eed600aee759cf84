"""What the columns of the data sets are called, in the two languages of the gallery."""

from __future__ import annotations

from collections.abc import Sequence

from models.words import Words

BOSTON = {
    "CRIM": Words("crimes per head", "人均犯罪率"),
    "ZN": Words("land for large lots", "大宗住宅用地比例"),
    "INDUS": Words("land for industry", "工业用地比例"),
    "CHAS": Words("at the Charles River", "是否临查尔斯河"),
    "NOX": Words("nitric oxides", "一氧化氮浓度"),
    "RM": Words("rooms per dwelling", "每户平均房间数"),
    "AGE": Words("built before 1940", "1940 年前建成的比例"),
    "DIS": Words("distance to jobs", "到就业中心的距离"),
    "RAD": Words("highway access", "高速公路便利度"),
    "TAX": Words("property tax", "房产税率"),
    "PTRATIO": Words("pupils per teacher", "师生比"),
    "B": Words("population index B", "人口指数 B"),
    "LSTAT": Words("lower status", "低收入人口比例"),
}

DIABETES = {
    "age": Words("age", "年龄"),
    "sex": Words("sex", "性别"),
    "bmi": Words("body mass index", "体重指数"),
    "bp": Words("blood pressure", "平均血压"),
    "s1": Words("total cholesterol", "总胆固醇"),
    "s2": Words("LDL cholesterol", "低密度脂蛋白"),
    "s3": Words("HDL cholesterol", "高密度脂蛋白"),
    "s4": Words("cholesterol ratio", "胆固醇比值"),
    "s5": Words("log of triglycerides", "甘油三酯（对数）"),
    "s6": Words("blood sugar", "血糖"),
}

#: Of a web site, in the order of the columns: -1 speaks for phishing, 0 for doubt, 1 against it.
PHISHING = {
    "having_IP_Address": Words("IP address for a name", "以 IP 地址代替域名"),
    "URL_Length": Words("length of the URL", "网址长度"),
    "Shortining_Service": Words("URL shortener", "使用短网址"),
    "having_At_Symbol": Words("@ in the URL", "网址含 @ 符号"),
    "double_slash_redirecting": Words("redirecting //", "双斜杠跳转"),
    "Prefix_Suffix": Words("dash in the domain", "域名含连字符"),
    "having_Sub_Domain": Words("sub-domains", "子域名"),
    "SSLfinal_State": Words("certificate", "证书状态"),
    "Domain_registeration_length": Words("registered for long", "域名注册时长"),
    "Favicon": Words("favicon's origin", "图标来源"),
    "port": Words("port", "端口"),
    "HTTPS_token": Words("https in the domain", "域名含 https 字样"),
    "Request_URL": Words("origin of the media", "媒体资源来源"),
    "URL_of_Anchor": Words("where anchors lead", "超链接去向"),
    "Links_in_tags": Words("links in tags", "标签内的链接"),
    "SFH": Words("where forms go", "表单提交去向"),
    "Submitting_to_email": Words("forms go to e-mail", "表单提交到邮箱"),
    "Abnormal_URL": Words("abnormal URL", "异常网址"),
    "Redirect": Words("redirects", "重定向次数"),
    "on_mouseover": Words("changes the status bar", "篡改状态栏"),
    "RightClick": Words("no right click", "禁用右键"),
    "popUpWidnow": Words("pop-up windows", "弹出窗口"),
    "Iframe": Words("iframe", "内嵌框架"),
    "age_of_domain": Words("age of the domain", "域名年龄"),
    "DNSRecord": Words("DNS record", "DNS 记录"),
    "web_traffic": Words("traffic", "网站流量"),
    "Page_Rank": Words("page rank", "网页排名"),
    "Google_Index": Words("in Google's index", "是否被谷歌收录"),
    "Links_pointing_to_page": Words("links to the page", "指向该页的链接"),
    "Statistical_report": Words("in reports of phishing", "是否在钓鱼统计报告中"),
}

_NUCLEUS = {
    "radius": Words("radius", "半径"),
    "texture": Words("texture", "纹理"),
    "perimeter": Words("perimeter", "周长"),
    "area": Words("area", "面积"),
    "smoothness": Words("smoothness", "光滑度"),
    "compactness": Words("compactness", "紧致度"),
    "concavity": Words("concavity", "凹度"),
    "concave points": Words("concave points", "凹点数"),
    "symmetry": Words("symmetry", "对称性"),
    "fractal dimension": Words("fractal dimension", "分形维数"),
}
#: Of the nuclei of a tumour's cells: the mean, its standard error, and the mean of the worst three.
CANCER = {
    **{
        f"mean {name}": Words(f"{words.en}, mean", f"{words.zh}（均值）")
        for name, words in _NUCLEUS.items()
    },
    **{
        f"{name} error": Words(f"{words.en}, error", f"{words.zh}（标准误）")
        for name, words in _NUCLEUS.items()
    },
    **{
        f"worst {name}": Words(f"{words.en}, worst", f"{words.zh}（最差值）")
        for name, words in _NUCLEUS.items()
    },
}


def named(columns: Sequence[str], names: dict[str, Words]) -> tuple[Words, ...]:
    """The words for columns; a column without any keeps its own name."""
    return tuple(names.get(column, Words(column, column)) for column in columns)


def standardised(features: Sequence[Words]) -> list[Words]:
    """The words for columns that were brought to mean 0 and standard deviation 1."""
    return [Words(f"{words.en} (standardised)", f"{words.zh}（标准化）") for words in features]
