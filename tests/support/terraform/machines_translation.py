"""What the template's load balancer and machines are in Terraform."""

from collections.abc import Callable, Mapping

from tests.support.terraform.translation import (
    OF_DATA_AND_ALARMS,
    Made,
    Properties,
    all_taken,
    renamed,
    snake,
)


def _balancer(name: str, given: Properties) -> Made:
    attributes = {one["Key"]: one["Value"] for one in given.pop("LoadBalancerAttributes")}
    made = renamed(given, "Type=load_balancer_type IpAddressType Subnets SecurityGroups") | renamed(
        attributes,
        "idle_timeout.timeout_seconds=idle_timeout"
        " routing.http.drop_invalid_header_fields.enabled=drop_invalid_header_fields",
    )
    names = "access_logs.s3.enabled=enabled access_logs.s3.bucket=bucket"
    if (logs := renamed(attributes, names)).get("enabled", "false") == "true":
        made["access_logs"] = [logs]
    all_taken(attributes)
    made["internal"] = given.pop("Scheme") == "internal"
    return {("aws_lb", name): made}


def _certificate(name: str, given: Properties) -> Made:
    """What proves it, Terraform has in resources of its own."""
    (proof,) = given.pop("DomainValidationOptions")
    assert proof["DomainName"] == given["DomainName"]
    return {("aws_acm_certificate", name): renamed(given, "DomainName ValidationMethod")}


def _records(name: str, given: Properties) -> Made:
    made: Made = {}
    zone = given.pop("HostedZoneId")
    for record in given.pop("RecordSets"):
        target = record.pop("AliasTarget")
        alias = renamed(target, "DNSName=name HostedZoneId=zone_id")
        address = name if record["Type"] == "A" else f"{name}_ipv6"
        made["aws_route53_record", address] = {"zone_id": zone} | renamed(record, "Name Type")
        made["aws_route53_record", address]["alias"] = [alias | {"evaluate_target_health": False}]
        all_taken(record)
        all_taken(target)
    return made


def _targets(name: str, given: Properties) -> Made:
    attributes = {one["Key"]: one["Value"] for one in given.pop("TargetGroupAttributes")}
    check = {"matcher": given.pop("Matcher")["HttpCode"]} | renamed(
        given,
        "HealthCheckPath=path HealthCheckProtocol=protocol HealthCheckIntervalSeconds=interval"
        " HealthCheckTimeoutSeconds=timeout HealthyThresholdCount=healthy_threshold"
        " UnhealthyThresholdCount=unhealthy_threshold",
    )
    made = renamed(given, "VpcId TargetType Protocol Port") | renamed(
        attributes,
        "deregistration_delay.timeout_seconds=deregistration_delay"
        " load_balancing.algorithm.type=load_balancing_algorithm_type",
    )
    all_taken(attributes)
    if made["vpc_id"] == "{MachineSecurityGroup.VpcId}":
        made["vpc_id"] = "{default VPC}"
    return {("aws_lb_target_group", name): made | {"health_check": [check]}}


def _listener(name: str, given: Properties) -> Made:
    made = renamed(given, "LoadBalancerArn Port Protocol SslPolicy")
    if certificates := given.pop("Certificates", None):
        (one,) = certificates
        made["certificate_arn"] = one["CertificateArn"]
    made["default_action"] = [_action(one) for one in given.pop("DefaultActions")]
    return {("aws_lb_listener", name): made}


def _action(action: Properties) -> Properties:
    made = renamed(action, "Type Order TargetGroupArn")
    if redirect := action.pop("RedirectConfig", None):
        made["redirect"] = [renamed(redirect, "Protocol Port StatusCode")]
        all_taken(redirect)
    if sign_in := action.pop("AuthenticateOidcConfig", None):
        names = (
            "Issuer AuthorizationEndpoint TokenEndpoint UserInfoEndpoint ClientId ClientSecret"
            " Scope SessionTimeout OnUnauthenticatedRequest"
        )
        made["authenticate_oidc"] = [renamed(sign_in, names)]
        all_taken(sign_in)
    all_taken(action)
    return made


def _launch_template(name: str, given: Properties) -> Made:
    data = given.pop("LaunchTemplateData")
    made = renamed(data, "ImageId InstanceType SecurityGroupIds=vpc_security_group_ids")
    made["user_data"] = {"base64": data.pop("UserData")}
    for block, names in (
        ("IamInstanceProfile", "Arn"),
        ("MetadataOptions", "HttpTokens HttpEndpoint HttpPutResponseHopLimit"),
        ("Monitoring", "Enabled"),
    ):
        one = data.pop(block)
        made[snake(block)] = [renamed(one, names)]
        all_taken(one)
    made["block_device_mappings"] = [_disk(one) for one in data.pop("BlockDeviceMappings")]
    made["tag_specifications"] = [
        {
            "resource_type": one["ResourceType"],
            "tags": {tag["Key"]: tag["Value"] for tag in one["Tags"]},
        }
        for one in data.pop("TagSpecifications")
    ]
    all_taken(data)
    return {("aws_launch_template", name): made}


def _disk(disk: Properties) -> Properties:
    inner = disk.pop("Ebs")
    made = renamed(inner, "VolumeType VolumeSize Encrypted DeleteOnTermination KmsKeyId")
    all_taken(inner)
    return renamed(disk, "DeviceName") | {"ebs": [made]}


def _group(name: str, given: Properties) -> Made:
    made = renamed(
        given,
        "MinSize MaxSize VPCZoneIdentifier=vpc_zone_identifier TargetGroupARNs=target_group_arns"
        " HealthCheckType HealthCheckGracePeriod DefaultInstanceWarmup MaxInstanceLifetime",
    )
    (metrics,) = given.pop("MetricsCollection")
    made |= {"metrics_granularity": metrics["Granularity"], "enabled_metrics": metrics["Metrics"]}
    if template := given.pop("LaunchTemplate", None):
        made["launch_template"] = [renamed(template, "LaunchTemplateId=id Version")]
    if mixed := given.pop("MixedInstancesPolicy", None):
        made["mixed_instances_policy"] = [_mixed(mixed)]
    if signals := given.pop("CreationPolicy", {}).get("ResourceSignal"):
        made["min_elb_capacity"] = signals["Count"]
        made["wait_for_capacity_timeout"] = signals["Timeout"].removeprefix("PT").lower()
    made["tag"] = [renamed(one, "Key Value PropagateAtLaunch") for one in given.pop("Tags")]
    refresh = given.pop("UpdatePolicy")["AutoScalingInstanceRefresh"]
    preferences = _preferences(refresh.pop("Preferences"))
    made["instance_refresh"] = [renamed(refresh, "Strategy") | {"preferences": [preferences]}]
    all_taken(refresh)
    return {("aws_autoscaling_group", name): made}


def _preferences(given: Properties) -> Properties:
    """What Terraform has no word for, and what it needs for the same, is said here."""
    given.pop("BakeTime", None)  # the provider does not know it
    made = renamed(
        given,
        "MinHealthyPercentage MaxHealthyPercentage InstanceWarmup SkipMatching"
        " CheckpointPercentages CheckpointDelay",
    )
    if alarms := given.pop("AlarmSpecification", None):
        made["alarm_specification"] = [renamed(alarms, "Alarms")]
        made["auto_rollback"] = True  # CloudFormation goes back by itself when an update fails
    all_taken(given)
    return made


def _mixed(policy: Properties) -> Properties:
    shares = policy.pop("InstancesDistribution")
    template = policy.pop("LaunchTemplate")
    names = "OnDemandBaseCapacity OnDemandPercentageAboveBaseCapacity SpotAllocationStrategy"
    which = renamed(template.pop("LaunchTemplateSpecification"), "LaunchTemplateId Version")
    types = [renamed(one, "InstanceType") for one in template.pop("Overrides")]
    made = {
        "instances_distribution": [renamed(shares, names)],
        "launch_template": [{"launch_template_specification": [which], "override": types}],
    }
    for taken in (shares, template, policy):
        all_taken(taken)
    return made


def _scaling(name: str, given: Properties) -> Made:
    tracked = given.pop("TargetTrackingConfiguration")
    metric = renamed(tracked.pop("PredefinedMetricSpecification"), "PredefinedMetricType")
    made = renamed(given, "AutoScalingGroupName=autoscaling_group_name PolicyType")
    made["target_tracking_configuration"] = [
        renamed(tracked, "TargetValue") | {"predefined_metric_specification": [metric]}
    ]
    return {("aws_autoscaling_policy", name): made}


TRANSLATIONS: Mapping[str, Callable[[str, Properties], Made]] = {
    **OF_DATA_AND_ALARMS,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::CertificateManager::Certificate": _certificate,
    "AWS::Route53::RecordSetGroup": _records,
    "AWS::AutoScaling::ScalingPolicy": _scaling,
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _targets,
}
