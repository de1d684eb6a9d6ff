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
    made = renamed(given, "Type=load_balancer_type Subnets SecurityGroups") | renamed(
        attributes,
        "idle_timeout.timeout_seconds=idle_timeout"
        " routing.http.drop_invalid_header_fields.enabled=drop_invalid_header_fields",
    )
    all_taken(attributes)
    made["internal"] = given.pop("Scheme") == "internal"
    return {("aws_lb", name): made}


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
    template = given.pop("LaunchTemplate")
    made["launch_template"] = [renamed(template, "LaunchTemplateId=id Version")]
    made["tag"] = [renamed(one, "Key Value PropagateAtLaunch") for one in given.pop("Tags")]
    refresh = given.pop("UpdatePolicy")["AutoScalingInstanceRefresh"]
    preferences = refresh.pop("Preferences")
    names = "MinHealthyPercentage MaxHealthyPercentage InstanceWarmup SkipMatching"
    made["instance_refresh"] = [
        renamed(refresh, "Strategy") | {"preferences": [renamed(preferences, names)]}
    ]
    all_taken(preferences)
    return {("aws_autoscaling_group", name): made}


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
    "AWS::AutoScaling::ScalingPolicy": _scaling,
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _targets,
}
