"""The CloudFormation template and the IAM policies of deploy/."""
