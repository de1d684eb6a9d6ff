"""The same stack twice, to be compared: what the template makes, and what the module makes."""

import copy
import re
from typing import Any

from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, PARAMETERS, template
from tests.support.terraform.machines_translation import TRANSLATIONS
from tests.support.terraform.module import Module
from tests.support.terraform.translation import ATTRIBUTES, NAMES, Made, snake

FOLDER = DEPLOY / "terraform"
NAME = "directory"
TEMPLATE = template()
# What the one has and the other does without, and why.
NOT_IN_TERRAFORM = {
    "Network": "Terraform looks up subnets by itself (data sources)",
    "NetworkFinder": "the function that looks them up for CloudFormation",
    "NetworkFinderRole": "the role of that function",
}
STATEMENTS_NOT_IN_TERRAFORM = {"TellTheStack": "no stack waits for a signal"}
SETTINGS_NOT_IN_TERRAFORM = {
    "SIGNAL_TO": "the same: an apply waits until the load balancer has answers (min_elb_capacity)"
}
ONLY_IN_TERRAFORM = {
    ("terraform_data", "choices"): "the Rules of the template",
    (
        "aws_vpc_security_group_egress_rule",
        "load_balancer_security_group",
    ): "Terraform takes away the rule that AWS gives to every new group",
    ("aws_vpc_security_group_egress_rule", "machine_security_group"): "the same",
    ("aws_cloudformation_stack", "exports"): "what the template exports",
    ("aws_route53_record", "certificate_proof"): "CloudFormation makes it by itself",
    ("aws_acm_certificate_validation", "certificate"): "CloudFormation waits by itself",
}
VARIABLES_OF_ITS_OWN = {"name": "CloudFormation's is the name of the stack"}

CERTIFICATE = "arn:aws:acm:us-west-2:123456789012:certificate/1"
OIDC = {
    "OidcIssuer": "https://idp.example",
    "OidcClientId": "directory",
    "OidcClientSecret": "secret",
}
CHOICES: dict[str, dict[str, str]] = {
    "as little as possible": {"Subnets": "subnet-1,subnet-2"},
    "subnets looked up": {},
    "the balancer signs in": {
        "SignIn": "oidc-at-the-balancer",
        "CertificateArn": CERTIFICATE,
        **OIDC,
        "OidcAuthorizationEndpoint": "https://idp.example/authorize",
        "OidcTokenEndpoint": "https://idp.example/token",
        "OidcUserInfoEndpoint": "https://idp.example/userinfo",
        "Vpc": "vpc-1",
        "Subnets": "subnet-1,subnet-2",
        "AlarmEmail": "people@example.com",
    },
    "the directory signs in": {
        "SignIn": "oidc",
        "PublicAddress": "https://people.example.com",
        **OIDC,
        "CertificateArn": CERTIFICATE,
        "SessionManager": "yes",
        "InstanceType": "t4g.small",
        "LeastMachines": "3",
        "MostMachines": "9",
        "LogDays": "0",
        "CpuTarget": "40",
        "ImageForArm": "/people/image-for-arm",
    },
    "all of one's own": {
        "AllowedFromList": "pl-1",
        "AllowedFromIpv6List": "pl-2",
        "DomainName": "people.example.com",
        "HostedZoneId": "Z1",
        "Vpc": "vpc-1",
        "Subnets": "subnet-1,subnet-2",
        "MachineSubnets": "subnet-3,subnet-4",
        "IpAddressType": "dualstack",
        "AccessLogsBucket": "the-logs",
        "SecondInstanceType": "t3.small",
        "ThirdInstanceType": "t3.medium",
        "OnDemandPercent": "50",
        "MaxInstanceLifetime": "604800",
        "PermissionsBoundary": "arn:aws:iam::123456789012:policy/bounds",
        "KmsKeyArn": "arn:aws:kms:us-west-2:123456789012:key/1",
    },
    "inside, with one more type": {
        "Subnets": "subnet-1,subnet-2",
        "Scheme": "internal",
        "AllowedFromIpv6List": "pl-1",
        "SecondInstanceType": "t3.small",
    },
    "data of before": {
        "TableName": "People",
        "ExistingTables": "yes",
        "ExistingBucket": "the-photos",
        "LogGroup": "/people/log",
        "ImageForIntel": "/people/image",
        "Subnets": "subnet-1,subnet-2",
    },
}


def evaluation_with(given: dict[str, str]) -> Evaluation:
    return Evaluation(TEMPLATE, **PARAMETERS | given)


def variables_of(given: dict[str, str]) -> dict[str, Any]:
    """The parameters of the template as the variables of the module."""
    kinds = {name: one["Type"] for name, one in TEMPLATE["Parameters"].items()}
    read = {"Number": int, "CommaDelimitedList": lambda text: text.split(",")}
    return {snake(name): read.get(kinds[name], str)(text) for name, text in given.items()}


def module_with(given: dict[str, str], **answers: Any) -> Module:
    subnets = {"subnet-1": "us-west-2a", "subnet-2": "us-west-2b"}
    known = {
        "data.aws_partition.current.partition": "{AWS::Partition}",
        "data.aws_partition.current.dns_suffix": "{AWS::URLSuffix}",
        "data.aws_region.current.region": "{AWS::Region}",
        "data.aws_caller_identity.current.account_id": "{AWS::AccountId}",
        "data.aws_vpc.chosen.id": given.get("Vpc", "{default VPC}"),
        "data.aws_ec2_instance_type_offerings.zones.locations": sorted(subnets.values()),
        "data.aws_subnets.public.ids": list(subnets),
        "data.aws_subnet.public": {
            one: {"id": one, "availability_zone": zone} for one, zone in subnets.items()
        },
    }
    return Module(FOLDER, known | answers, **variables_of(PARAMETERS | given), name=NAME)


def expected(given: dict[str, str]) -> Made:
    """What the template makes, said in Terraform's words."""
    made: Made = {}
    for name, resource in evaluation_with(given).resources().items():
        if name in NOT_IN_TERRAFORM:
            continue
        properties = copy.deepcopy(resource.get("Properties", {}))
        for policy in ("CreationPolicy", "UpdatePolicy"):
            if policy in resource:
                properties[policy] = copy.deepcopy(resource[policy])
        made |= TRANSLATIONS[resource["Type"]](snake(name), properties)
        assert not properties, f"{name} has {properties}, which is not translated"
    table = evaluation_with(given).value({"Ref": "TableName"})
    return {address: _here(one, table) for address, one in made.items()}


def _here(part: Any, table: str) -> Any:
    """With the answers of data sources that `module_with` has, and the tables by their names."""
    if isinstance(part, dict):
        return {name: _here(one, table) for name, one in part.items()}
    if isinstance(part, list):
        return [_here(one, table) for one in part if not _is_left_out(one)]
    if part == "{Network.Subnets}":
        return ["subnet-1", "subnet-2"]
    if not isinstance(part, str):
        return part
    arn = "arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table/" + table
    for setting in SETTINGS_NOT_IN_TERRAFORM:
        part = re.sub(rf"^{setting}=.*\n", "", part, flags=re.MULTILINE)
    named = part.replace("{EmployeesTable.Arn}", arn).replace("{IndexTable.Arn}", f"{arn}-index")
    return named.replace("{AWS::StackName}", NAME)


def _is_left_out(part: Any) -> bool:
    return isinstance(part, dict) and part.get("Sid") in STATEMENTS_NOT_IN_TERRAFORM


def found(module: Module) -> Made:
    """What the module makes, in the template's words."""
    return {
        address: {
            name: in_the_templates_words(one, module)
            for name, one in resource.items()
            if name not in NAMES
        }
        for address, resource in module.resources().items()
        if address not in ONLY_IN_TERRAFORM
    }


def in_the_templates_words(part: Any, module: Module) -> Any:
    """With the template's names for what only AWS knows."""
    logical = {snake(name): name for name in TEMPLATE["Resources"]}
    image = module.data()["aws_ssm_parameter", "image"]["name"]

    def called(found: re.Match[str]) -> str:
        kind, name, attribute = found.groups()
        if kind == "data":
            assert found[0] == "{data.aws_ssm_parameter.image.insecure_value}"
            return str(image)
        of_template = ATTRIBUTES[kind][attribute]
        return "{" + ".".join(filter(None, (logical[name], of_template))) + "}"

    def told(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: told(one) for name, one in part.items()}
        if isinstance(part, list):
            return [told(one) for one in part]
        address = r"\{((?:data(?=\.)|aws_\w+))\.([\w.]+)\.(\w+)\}"
        return re.sub(address, called, part) if isinstance(part, str) else part

    return told(part)


def in_snake_case(text: str) -> str:
    """Parameters that a sentence names, as the module calls them."""
    for name in TEMPLATE["Parameters"]:
        if snake(name) != name.lower():
            text = re.sub(rf"\b{name}\b", snake(name), text)
    return text
