//! Building an ONNX graph node by node.

use prost::Message;

use super::linear::Targets;
use super::proto::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto, attribute_type, data_type,
};
use crate::{Schema, Signature, TensorSpec};

/// Version of ONNX's own operators that is used: the first in which all of them take doubles.
const OPSET: i64 = 13;
/// Version of the operators for classical models that is used: the first whose trees answer doubles.
const ML_OPSET: i64 = 5;
const ML_DOMAIN: &str = "ai.onnx.ml";
/// The version of the format that came with these trees.
const IR_VERSION: i64 = 10;
/// What a model with operators of [`OPSET`] alone needs.
const OLDER_IR_VERSION: i64 = 7;

/// Name of the output of regressions: that which converters of other frameworks use.
const VALUE: &str = "variable";
/// Name of the one input.
const INPUT: &str = "features";

/// The numbers that a model was trained in. Its copy computes in the same, so that both agree at the edges of splits
/// too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// `f32`
    Single,
    /// `f64`
    Double,
}

impl Precision {
    fn data_type(self) -> i32 {
        match self {
            Self::Single => data_type::FLOAT,
            Self::Double => data_type::DOUBLE,
        }
    }

    fn dtype(self) -> &'static str {
        match self {
            Self::Single => "float32",
            Self::Double => "float64",
        }
    }

    /// The bytes of numbers that came from this precision, so nothing is lost.
    fn bytes(self, values: &[f64]) -> Vec<u8> {
        match self {
            Self::Single => values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect(),
            Self::Double => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

/// The classes that a classifier tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Labels {
    /// Numbers.
    Ints(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
}

impl Labels {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Ints(labels) => labels.len(),
            Self::Texts(labels) => labels.len(),
        }
    }

    fn data_type(&self) -> i32 {
        match self {
            Self::Ints(_) => data_type::INT64,
            Self::Texts(_) => data_type::STRING,
        }
    }

    fn dtype(&self) -> &'static str {
        match self {
            Self::Ints(_) => "int64",
            Self::Texts(_) => "str",
        }
    }
}

/// A graph with one input of rows of features.
#[derive(Debug)]
pub(super) struct Graph {
    precision: Precision,
    /// Name of the features, as the operators take them.
    input: String,
    /// Unknown where the number of features is: MLflow takes no data frame for a tensor of unknown width.
    input_spec: Option<TensorSpec>,
    proto: GraphProto,
    outputs: Vec<TensorSpec>,
    has_trees: bool,
}

/// A finished graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exported {
    pub(crate) bytes: Vec<u8>,
    pub(crate) signature: Signature,
}

impl Graph {
    /// A graph that takes so many features of this precision, and computes in it.
    pub(super) fn new(name: &str, precision: Precision, features: Option<usize>) -> Self {
        let input = value(INPUT, precision.data_type(), &[features]);
        let proto = GraphProto { name: Some(name.to_owned()), input: vec![input], ..Default::default() };
        let input_spec = features.map(|_| TensorSpec {
            name: None,
            dtype: precision.dtype().to_owned(),
            shape: vec![-1, length(features)],
        });
        Self { precision, input: INPUT.to_owned(), input_spec, proto, outputs: Vec::new(), has_trees: false }
    }

    /// Goes on in another precision than that of the features.
    pub(super) fn compute_in(&mut self, precision: Precision) {
        if self.precision != precision {
            self.precision = precision;
            let to = vec![int("to", precision.data_type().into())];
            self.input = self.node("Cast", &[INPUT], "cast_features", to);
        }
    }

    /// Name of the features.
    pub(super) fn input(&self) -> &str {
        &self.input
    }

    /// Numbers that belong to the model.
    pub(super) fn numbers(&mut self, name: &str, dims: &[usize], values: &[f64]) -> String {
        let tensor = self.number_tensor(name, dims, values);
        self.proto.initializer.push(tensor);
        name.to_owned()
    }

    pub(super) fn number_tensor(&self, name: &str, dims: &[usize], values: &[f64]) -> TensorProto {
        raw_tensor(name, self.precision.data_type(), dims, self.precision.bytes(values))
    }

    /// Integers that say how an operator is to work.
    pub(super) fn integers(&mut self, name: &str, dims: &[usize], values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.proto.initializer.push(raw_tensor(name, data_type::INT64, dims, bytes));
        name.to_owned()
    }

    /// The classes, as a list.
    pub(super) fn labels(&mut self, name: &str, labels: &Labels) -> String {
        match labels {
            Labels::Ints(values) => self.integers(name, &[values.len()], values),
            Labels::Texts(values) => {
                self.proto.initializer.push(TensorProto {
                    dims: dims_of(&[values.len()]),
                    data_type: Some(data_type::STRING),
                    string_data: values.iter().map(|text| text.clone().into_bytes()).collect(),
                    name: Some(name.to_owned()),
                    raw_data: None,
                    data_location: None,
                });
                name.to_owned()
            }
        }
    }

    /// Adds an operator, whose result has the name `output`.
    pub(super) fn node(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<AttributeProto>,
    ) -> String {
        self.proto.node.push(NodeProto {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: Some(format!("{op_type}_{output}")),
            op_type: Some(op_type.to_owned()),
            attribute: attributes,
            domain: None,
        });
        output.to_owned()
    }

    /// Adds an operator of the domain for classical models.
    pub(super) fn ml_node(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        output: &str,
        attributes: Vec<AttributeProto>,
    ) -> String {
        let name = self.node(op_type, inputs, output, attributes);
        if let Some(node) = self.proto.node.last_mut() {
            node.domain = Some(ML_DOMAIN.to_owned());
        }
        self.has_trees = true;
        name
    }

    /// Says that `name` is an output with a number for each row, and for each column where there are columns.
    pub(super) fn number_output(&mut self, name: &str, columns: Option<usize>) {
        let columns: Vec<Option<usize>> = columns.into_iter().map(Some).collect();
        self.output(name, self.precision.data_type(), self.precision.dtype(), &columns);
    }

    /// Makes the numbers the output `variable`, one for each row.
    pub(super) fn value_output(&mut self, numbers: &str, targets: Targets) {
        match targets {
            Targets::Floats => {
                self.node("Identity", &[numbers], VALUE, Vec::new());
                self.number_output(VALUE, None);
            }
            Targets::Singles => {
                self.node("Cast", &[numbers], VALUE, vec![int("to", data_type::FLOAT.into())]);
                self.output(VALUE, data_type::FLOAT, "float32", &[]);
            }
            Targets::Integers => {
                // Rounds towards zero, as Rust does.
                self.node("Cast", &[numbers], VALUE, vec![int("to", data_type::INT64.into())]);
                self.output(VALUE, data_type::INT64, "int64", &[]);
            }
        }
    }

    /// Says that `name` is an output with a class for each row.
    pub(super) fn label_output(&mut self, name: &str, labels: &Labels) {
        self.output(name, labels.data_type(), labels.dtype(), &[]);
    }

    fn output(&mut self, name: &str, data_type: i32, dtype: &str, columns: &[Option<usize>]) {
        self.proto.output.push(value(name, data_type, columns));
        let mut shape = vec![-1];
        shape.extend(columns.iter().map(|&columns| length(columns)));
        self.outputs.push(TensorSpec { name: Some(name.to_owned()), dtype: dtype.to_owned(), shape });
    }

    pub(super) fn finish(self) -> Exported {
        let mut opsets = vec![OperatorSetIdProto { domain: Some(String::new()), version: Some(OPSET) }];
        if self.has_trees {
            opsets.push(OperatorSetIdProto { domain: Some(ML_DOMAIN.to_owned()), version: Some(ML_OPSET) });
        }
        let model = ModelProto {
            ir_version: Some(if self.has_trees { IR_VERSION } else { OLDER_IR_VERSION }),
            producer_name: Some("trainyard".to_owned()),
            producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            graph: Some(self.proto),
            opset_import: opsets,
        };
        let signature = Signature {
            inputs: self.input_spec.map(|input| Schema::Tensors(vec![input])),
            outputs: Some(Schema::Tensors(self.outputs)),
        };
        Exported { bytes: model.encode_to_vec(), signature }
    }
}

/// The length of a dimension as signatures have it.
fn length(length: Option<usize>) -> i64 {
    length.and_then(|length| i64::try_from(length).ok()).unwrap_or(-1)
}

fn dims_of(dims: &[usize]) -> Vec<i64> {
    dims.iter().map(|&length| i64::try_from(length).unwrap_or(i64::MAX)).collect()
}

pub(super) fn raw_tensor(name: &str, data_type: i32, dims: &[usize], bytes: Vec<u8>) -> TensorProto {
    TensorProto {
        dims: dims_of(dims),
        data_type: Some(data_type),
        string_data: Vec::new(),
        name: Some(name.to_owned()),
        raw_data: Some(bytes),
        data_location: None,
    }
}

/// A value with any number of rows; `None` is a length that is not known.
fn value(name: &str, data_type: i32, columns: &[Option<usize>]) -> ValueInfoProto {
    let mut dim = vec![DimensionProto { dim_value: None, dim_param: Some("rows".to_owned()) }];
    for length in columns {
        let dim_value = length.and_then(|length| i64::try_from(length).ok());
        dim.push(DimensionProto { dim_value, dim_param: None });
    }
    let tensor = TensorTypeProto { elem_type: Some(data_type), shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto { name: Some(name.to_owned()), r#type: Some(TypeProto { tensor_type: Some(tensor) }) }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        i: Some(value),
        r#type: Some(attribute_type::INT),
        ..Default::default()
    }
}

pub(super) fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        ints: values,
        r#type: Some(attribute_type::INTS),
        ..Default::default()
    }
}

pub(super) fn tensor(name: &str, tensor: TensorProto) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        t: Some(tensor),
        r#type: Some(attribute_type::TENSOR),
        ..Default::default()
    }
}
