// Generated from schemas/ by scripts/generate-validators.ts. Do not edit.
// @ts-nocheck: it is the code of ajv, which has no types.
import type { SchemaCheck } from '../../checks.js';
import ucs2length from 'ajv/dist/runtime/ucs2length.js';
import formats from 'ajv-formats/dist/formats.js';
export const validate: SchemaCheck = validate0;
const schema0 = {"$schema":"http://json-schema.org/draft-07/schema#","$id":"urn:documee:schema:analysis:1","type":"object","required":["$schema","formatVersion","codebaseId","versionId","previousVersionId","createdAt","epoch","tool","contentHash","scope","analyzers","totals","durationMs","savedMs","notKept","fileHashesDigest","dependenciesDigest","reducersDigest","inputs","files","presence","digest"],"properties":{"$schema":{"const":"urn:documee:schema:analysis:1"},"formatVersion":{"const":1},"codebaseId":{"$ref":"#/definitions/codebaseId"},"versionId":{"$ref":"#/definitions/versionId"},"previousVersionId":{"anyOf":[{"$ref":"#/definitions/versionId"},{"type":"null"}]},"createdAt":{"type":"string","format":"date-time","pattern":"Z$"},"epoch":{"type":"integer","minimum":0,"maximum":1000000000000},"tool":{"type":"object","additionalProperties":false,"required":["name","version"],"properties":{"name":{"type":"string","minLength":1},"version":{"type":"string","minLength":1}}},"contentHash":{"enum":["xxh64","sha256"]},"scope":{"type":"object","additionalProperties":false,"required":["include","exclude","gitignore"],"properties":{"include":{"$ref":"#/definitions/globs"},"exclude":{"$ref":"#/definitions/globs"},"gitignore":{"type":"boolean"}}},"analyzers":{"type":"object","additionalProperties":{"$ref":"#/definitions/analyzer"}},"totals":{"type":"object","additionalProperties":false,"required":["files","analyzed","reused","removed","failed","uncacheable"],"properties":{"files":{"type":"integer","minimum":0},"analyzed":{"type":"integer","minimum":0},"reused":{"type":"integer","minimum":0},"removed":{"type":"integer","minimum":0},"failed":{"type":"integer","minimum":0},"uncacheable":{"type":"integer","minimum":0}}},"durationMs":{"type":"number","minimum":0},"savedMs":{"type":"number","minimum":0},"notKept":{"type":"array","items":{"$ref":"#/definitions/notKept"}},"fileHashesDigest":{"$ref":"#/definitions/digest"},"dependenciesDigest":{"anyOf":[{"$ref":"#/definitions/digest"},{"type":"null"}]},"reducersDigest":{"anyOf":[{"$ref":"#/definitions/digest"},{"type":"null"}]},"inputs":{"type":"array","items":{"$ref":"#/definitions/inputDependency"}},"files":{"type":"object","propertyNames":{"$ref":"#/definitions/sourcePath"},"additionalProperties":{"type":"object","additionalProperties":{"$ref":"#/definitions/recordId"}}},"presence":{"type":"object","propertyNames":{"minLength":1},"additionalProperties":{"type":"object","additionalProperties":false,"required":["absent","exists","listing"],"properties":{"absent":{"type":"array","items":{"type":"string","minLength":1}},"exists":{"type":"array","items":{"type":"string","minLength":1}},"listing":{"type":["string","null"],"pattern":"^sha256:[0-9a-f]{64}$"}}}},"metrics":{},"dependencyGraph":{},"globalPatterns":{},"topTeachingFiles":{},"digest":{"$ref":"#/definitions/digest"}},"definitions":{"codebaseId":{"type":"string","minLength":1,"maxLength":128},"versionId":{"type":"string","pattern":"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$"},"sourcePath":{"type":"string","pattern":"^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"},"recordId":{"type":"string","pattern":"^[0-9a-f]{32}(-[0-9a-f]{8})?$"},"contentHash":{"type":"string","pattern":"^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$"},"fingerprint":{"type":"string","pattern":"^sha256:[0-9a-f]{64}$"},"digest":{"type":"string","pattern":"^sha256:[0-9a-f]{64}$"},"jsonValue":{},"globs":{"type":"array","items":{"type":"string"}},"analyzer":{"type":"object","additionalProperties":false,"required":["version","fingerprint","codeDigest","options","environment","include","pathIndependent","results","durationMs","uses","recordsDependencies","cost"],"properties":{"version":{"type":"string"},"fingerprint":{"$ref":"#/definitions/fingerprint"},"codeDigest":{"type":["string","null"]},"options":{"$ref":"#/definitions/jsonValue"},"environment":{"type":"object","additionalProperties":{"type":["string","null"]}},"include":{"type":["array","null"],"items":{"type":"string"}},"pathIndependent":{"type":"boolean"},"results":{"type":"integer","minimum":0},"summaryFailed":{"const":true},"durationMs":{"type":"number","minimum":0},"uses":{"type":"array","items":{"type":"string","minLength":1,"maxLength":64}},"values":{"type":"array","items":{"type":"string"}},"recordsDependencies":{"type":"boolean"},"cost":{"type":"object","additionalProperties":{"type":"number"}}}},"notKept":{"type":"object","additionalProperties":false,"required":["path","analyzer","kind","why"],"properties":{"path":{"$ref":"#/definitions/sourcePath"},"analyzer":{"type":"string","minLength":1},"kind":{"enum":["failed","uncacheable"]},"why":{"type":"string"}}},"inputDependency":{"anyOf":[{"$ref":"#/definitions/contentDependency"},{"$ref":"#/definitions/absentDependency"},{"$ref":"#/definitions/existsDependency"},{"$ref":"#/definitions/listingDependency"},{"$ref":"#/definitions/envDependency"}]},"dependencyPath":{"type":"string","maxLength":32767,"pattern":"^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"},"contentDependency":{"type":"object","additionalProperties":false,"required":["kind","path","hash"],"properties":{"kind":{"const":"content"},"path":{"$ref":"#/definitions/dependencyPath"},"hash":{"anyOf":[{"$ref":"#/definitions/contentHash"},{"type":"null"}]}}},"absentDependency":{"type":"object","additionalProperties":false,"required":["kind","path"],"properties":{"kind":{"const":"absent"},"path":{"$ref":"#/definitions/dependencyPath"}}},"existsDependency":{"type":"object","additionalProperties":false,"required":["kind","path"],"properties":{"kind":{"const":"exists"},"path":{"$ref":"#/definitions/dependencyPath"}}},"listingDependency":{"type":"object","additionalProperties":false,"required":["kind","path","hash"],"properties":{"kind":{"const":"listing"},"path":{"$ref":"#/definitions/dependencyPath"},"hash":{"anyOf":[{"$ref":"#/definitions/digest"},{"type":"null"}]}}},"envDependency":{"type":"object","additionalProperties":false,"required":["kind","name","hash"],"properties":{"kind":{"const":"env"},"name":{"type":"string","minLength":1,"maxLength":32767,"pattern":"^[^\\u0000]+$"},"hash":{"anyOf":[{"$ref":"#/definitions/digest"},{"type":"null"}]}}}}};
const func0 = ucs2length.default;
const pattern0 = new RegExp("^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$", "u");
const pattern2 = new RegExp("Z$", "u");
const pattern3 = new RegExp("^sha256:[0-9a-f]{64}$", "u");
const pattern4 = new RegExp("^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]", "u");
const pattern17 = new RegExp("^[0-9a-f]{32}(-[0-9a-f]{8})?$", "u");
const formats0 = formats.fastFormats["date-time"];
const schema6 = {"type":"object","additionalProperties":false,"required":["version","fingerprint","codeDigest","options","environment","include","pathIndependent","results","durationMs","uses","recordsDependencies","cost"],"properties":{"version":{"type":"string"},"fingerprint":{"$ref":"#/definitions/fingerprint"},"codeDigest":{"type":["string","null"]},"options":{"$ref":"#/definitions/jsonValue"},"environment":{"type":"object","additionalProperties":{"type":["string","null"]}},"include":{"type":["array","null"],"items":{"type":"string"}},"pathIndependent":{"type":"boolean"},"results":{"type":"integer","minimum":0},"summaryFailed":{"const":true},"durationMs":{"type":"number","minimum":0},"uses":{"type":"array","items":{"type":"string","minLength":1,"maxLength":64}},"values":{"type":"array","items":{"type":"string"}},"recordsDependencies":{"type":"boolean"},"cost":{"type":"object","additionalProperties":{"type":"number"}}}};
const func4 = Object.prototype.hasOwnProperty;

function validate1(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((((((((data.version === undefined) && (missing0 = "version")) || ((data.fingerprint === undefined) && (missing0 = "fingerprint"))) || ((data.codeDigest === undefined) && (missing0 = "codeDigest"))) || ((data.options === undefined) && (missing0 = "options"))) || ((data.environment === undefined) && (missing0 = "environment"))) || ((data.include === undefined) && (missing0 = "include"))) || ((data.pathIndependent === undefined) && (missing0 = "pathIndependent"))) || ((data.results === undefined) && (missing0 = "results"))) || ((data.durationMs === undefined) && (missing0 = "durationMs"))) || ((data.uses === undefined) && (missing0 = "uses"))) || ((data.recordsDependencies === undefined) && (missing0 = "recordsDependencies"))) || ((data.cost === undefined) && (missing0 = "cost"))){
validate1.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(func4.call(schema6.properties, key0))){
validate1.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.version !== undefined){
const _errs2 = errors;
if(typeof data.version !== "string"){
validate1.errors = [{instancePath:instancePath+"/version",schemaPath:"#/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.fingerprint !== undefined){
let data1 = data.fingerprint;
const _errs4 = errors;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data1 === "string"){
if(!pattern3.test(data1)){
validate1.errors = [{instancePath:instancePath+"/fingerprint",schemaPath:"#/definitions/fingerprint/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""}];
return false;
}
}
else {
validate1.errors = [{instancePath:instancePath+"/fingerprint",schemaPath:"#/definitions/fingerprint/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs4 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codeDigest !== undefined){
let data2 = data.codeDigest;
const _errs7 = errors;
if((typeof data2 !== "string") && (data2 !== null)){
validate1.errors = [{instancePath:instancePath+"/codeDigest",schemaPath:"#/properties/codeDigest/type",keyword:"type",params:{type: schema6.properties.codeDigest.type},message:"must be string,null"}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.options !== undefined){
const _errs9 = errors;
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.environment !== undefined){
let data4 = data.environment;
const _errs10 = errors;
if(errors === _errs10){
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key1 in data4){
let data5 = data4[key1];
const _errs13 = errors;
if((typeof data5 !== "string") && (data5 !== null)){
validate1.errors = [{instancePath:instancePath+"/environment/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/environment/additionalProperties/type",keyword:"type",params:{type: schema6.properties.environment.additionalProperties.type},message:"must be string,null"}];
return false;
}
var valid3 = _errs13 === errors;
if(!valid3){
break;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/environment",schemaPath:"#/properties/environment/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs10 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.include !== undefined){
let data6 = data.include;
const _errs15 = errors;
if((!(Array.isArray(data6))) && (data6 !== null)){
validate1.errors = [{instancePath:instancePath+"/include",schemaPath:"#/properties/include/type",keyword:"type",params:{type: schema6.properties.include.type},message:"must be array,null"}];
return false;
}
if(errors === _errs15){
if(Array.isArray(data6)){
var valid4 = true;
const len0 = data6.length;
for(let i0=0; i0<len0; i0++){
const _errs17 = errors;
if(typeof data6[i0] !== "string"){
validate1.errors = [{instancePath:instancePath+"/include/" + i0,schemaPath:"#/properties/include/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid4 = _errs17 === errors;
if(!valid4){
break;
}
}
}
}
var valid0 = _errs15 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.pathIndependent !== undefined){
const _errs19 = errors;
if(typeof data.pathIndependent !== "boolean"){
validate1.errors = [{instancePath:instancePath+"/pathIndependent",schemaPath:"#/properties/pathIndependent/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs19 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.results !== undefined){
let data9 = data.results;
const _errs21 = errors;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
validate1.errors = [{instancePath:instancePath+"/results",schemaPath:"#/properties/results/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs21){
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 < 0 || isNaN(data9)){
validate1.errors = [{instancePath:instancePath+"/results",schemaPath:"#/properties/results/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid0 = _errs21 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.summaryFailed !== undefined){
const _errs23 = errors;
if(true !== data.summaryFailed){
validate1.errors = [{instancePath:instancePath+"/summaryFailed",schemaPath:"#/properties/summaryFailed/const",keyword:"const",params:{allowedValue: true},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs23 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.durationMs !== undefined){
let data11 = data.durationMs;
const _errs24 = errors;
if(errors === _errs24){
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 < 0 || isNaN(data11)){
validate1.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
else {
validate1.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs24 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.uses !== undefined){
let data12 = data.uses;
const _errs26 = errors;
if(errors === _errs26){
if(Array.isArray(data12)){
var valid5 = true;
const len1 = data12.length;
for(let i1=0; i1<len1; i1++){
let data13 = data12[i1];
const _errs28 = errors;
if(errors === _errs28){
if(typeof data13 === "string"){
if(func0(data13) > 64){
validate1.errors = [{instancePath:instancePath+"/uses/" + i1,schemaPath:"#/properties/uses/items/maxLength",keyword:"maxLength",params:{limit: 64},message:"must NOT have more than 64 characters"}];
return false;
}
else {
if(func0(data13) < 1){
validate1.errors = [{instancePath:instancePath+"/uses/" + i1,schemaPath:"#/properties/uses/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/uses/" + i1,schemaPath:"#/properties/uses/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid5 = _errs28 === errors;
if(!valid5){
break;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/uses",schemaPath:"#/properties/uses/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs26 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.values !== undefined){
let data14 = data.values;
const _errs30 = errors;
if(errors === _errs30){
if(Array.isArray(data14)){
var valid6 = true;
const len2 = data14.length;
for(let i2=0; i2<len2; i2++){
const _errs32 = errors;
if(typeof data14[i2] !== "string"){
validate1.errors = [{instancePath:instancePath+"/values/" + i2,schemaPath:"#/properties/values/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid6 = _errs32 === errors;
if(!valid6){
break;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/values",schemaPath:"#/properties/values/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs30 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.recordsDependencies !== undefined){
const _errs34 = errors;
if(typeof data.recordsDependencies !== "boolean"){
validate1.errors = [{instancePath:instancePath+"/recordsDependencies",schemaPath:"#/properties/recordsDependencies/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid0 = _errs34 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.cost !== undefined){
let data17 = data.cost;
const _errs36 = errors;
if(errors === _errs36){
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
for(const key2 in data17){
let data18 = data17[key2];
const _errs39 = errors;
if(!((typeof data18 == "number") && (isFinite(data18)))){
validate1.errors = [{instancePath:instancePath+"/cost/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/cost/additionalProperties/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
var valid7 = _errs39 === errors;
if(!valid7){
break;
}
}
}
else {
validate1.errors = [{instancePath:instancePath+"/cost",schemaPath:"#/properties/cost/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs36 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate1.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate1.errors = vErrors;
return errors === 0;
}

const schema9 = {"type":"object","additionalProperties":false,"required":["path","analyzer","kind","why"],"properties":{"path":{"$ref":"#/definitions/sourcePath"},"analyzer":{"type":"string","minLength":1},"kind":{"enum":["failed","uncacheable"]},"why":{"type":"string"}}};

function validate3(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((data.path === undefined) && (missing0 = "path")) || ((data.analyzer === undefined) && (missing0 = "analyzer"))) || ((data.kind === undefined) && (missing0 = "kind"))) || ((data.why === undefined) && (missing0 = "why"))){
validate3.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((((key0 === "path") || (key0 === "analyzer")) || (key0 === "kind")) || (key0 === "why"))){
validate3.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.path !== undefined){
let data0 = data.path;
const _errs2 = errors;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data0 === "string"){
if(!pattern4.test(data0)){
validate3.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/sourcePath/pattern",keyword:"pattern",params:{pattern: "^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"},message:"must match pattern \""+"^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"+"\""}];
return false;
}
}
else {
validate3.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/sourcePath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.analyzer !== undefined){
let data1 = data.analyzer;
const _errs5 = errors;
if(errors === _errs5){
if(typeof data1 === "string"){
if(func0(data1) < 1){
validate3.errors = [{instancePath:instancePath+"/analyzer",schemaPath:"#/properties/analyzer/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate3.errors = [{instancePath:instancePath+"/analyzer",schemaPath:"#/properties/analyzer/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.kind !== undefined){
let data2 = data.kind;
const _errs7 = errors;
if(!((data2 === "failed") || (data2 === "uncacheable"))){
validate3.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema9.properties.kind.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs7 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.why !== undefined){
const _errs8 = errors;
if(typeof data.why !== "string"){
validate3.errors = [{instancePath:instancePath+"/why",schemaPath:"#/properties/why/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid0 = _errs8 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
else {
validate3.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate3.errors = vErrors;
return errors === 0;
}

const pattern8 = new RegExp("^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$", "u");
const pattern9 = new RegExp("^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$", "u");

function validate6(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.kind === undefined) && (missing0 = "kind")) || ((data.path === undefined) && (missing0 = "path"))) || ((data.hash === undefined) && (missing0 = "hash"))){
validate6.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "kind") || (key0 === "path")) || (key0 === "hash"))){
validate6.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.kind !== undefined){
const _errs2 = errors;
if("content" !== data.kind){
validate6.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "content"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
let data1 = data.path;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func0(data1) > 32767){
validate6.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/maxLength",keyword:"maxLength",params:{limit: 32767},message:"must NOT have more than 32767 characters"}];
return false;
}
else {
if(!pattern8.test(data1)){
validate6.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/pattern",keyword:"pattern",params:{pattern: "^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"},message:"must match pattern \""+"^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"+"\""}];
return false;
}
}
}
else {
validate6.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hash !== undefined){
let data2 = data.hash;
const _errs6 = errors;
const _errs7 = errors;
let valid2 = false;
const _errs8 = errors;
const _errs9 = errors;
if(errors === _errs9){
if(typeof data2 === "string"){
if(!pattern9.test(data2)){
const err0 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/contentHash/pattern",keyword:"pattern",params:{pattern: "^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$"},message:"must match pattern \""+"^(xxh64:[0-9a-f]{16}|sha256:[0-9a-f]{64})$"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/contentHash/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs8 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs11 = errors;
if(data2 !== null){
const err2 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs11 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err3 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate6.errors = vErrors;
return false;
}
else {
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate6.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate6.errors = vErrors;
return errors === 0;
}


function validate8(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.kind === undefined) && (missing0 = "kind")) || ((data.path === undefined) && (missing0 = "path"))){
validate8.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((key0 === "kind") || (key0 === "path"))){
validate8.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.kind !== undefined){
const _errs2 = errors;
if("absent" !== data.kind){
validate8.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "absent"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
let data1 = data.path;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func0(data1) > 32767){
validate8.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/maxLength",keyword:"maxLength",params:{limit: 32767},message:"must NOT have more than 32767 characters"}];
return false;
}
else {
if(!pattern8.test(data1)){
validate8.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/pattern",keyword:"pattern",params:{pattern: "^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"},message:"must match pattern \""+"^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"+"\""}];
return false;
}
}
}
else {
validate8.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
else {
validate8.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate8.errors = vErrors;
return errors === 0;
}


function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((data.kind === undefined) && (missing0 = "kind")) || ((data.path === undefined) && (missing0 = "path"))){
validate10.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!((key0 === "kind") || (key0 === "path"))){
validate10.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.kind !== undefined){
const _errs2 = errors;
if("exists" !== data.kind){
validate10.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "exists"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
let data1 = data.path;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func0(data1) > 32767){
validate10.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/maxLength",keyword:"maxLength",params:{limit: 32767},message:"must NOT have more than 32767 characters"}];
return false;
}
else {
if(!pattern8.test(data1)){
validate10.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/pattern",keyword:"pattern",params:{pattern: "^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"},message:"must match pattern \""+"^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"+"\""}];
return false;
}
}
}
else {
validate10.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
else {
validate10.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate10.errors = vErrors;
return errors === 0;
}


function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.kind === undefined) && (missing0 = "kind")) || ((data.path === undefined) && (missing0 = "path"))) || ((data.hash === undefined) && (missing0 = "hash"))){
validate12.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "kind") || (key0 === "path")) || (key0 === "hash"))){
validate12.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.kind !== undefined){
const _errs2 = errors;
if("listing" !== data.kind){
validate12.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "listing"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.path !== undefined){
let data1 = data.path;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data1 === "string"){
if(func0(data1) > 32767){
validate12.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/maxLength",keyword:"maxLength",params:{limit: 32767},message:"must NOT have more than 32767 characters"}];
return false;
}
else {
if(!pattern8.test(data1)){
validate12.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/pattern",keyword:"pattern",params:{pattern: "^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"},message:"must match pattern \""+"^(?![A-Za-z]:)(?:\\.|(?:\\.\\./)*(?:\\.\\.|(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*))$"+"\""}];
return false;
}
}
}
else {
validate12.errors = [{instancePath:instancePath+"/path",schemaPath:"#/definitions/dependencyPath/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hash !== undefined){
let data2 = data.hash;
const _errs6 = errors;
const _errs7 = errors;
let valid2 = false;
const _errs8 = errors;
const _errs9 = errors;
if(errors === _errs9){
if(typeof data2 === "string"){
if(!pattern3.test(data2)){
const err0 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs8 === errors;
valid2 = valid2 || _valid0;
if(!valid2){
const _errs11 = errors;
if(data2 !== null){
const err2 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs11 === errors;
valid2 = valid2 || _valid0;
}
if(!valid2){
const err3 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate12.errors = vErrors;
return false;
}
else {
errors = _errs7;
if(vErrors !== null){
if(_errs7){
vErrors.length = _errs7;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate12.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate12.errors = vErrors;
return errors === 0;
}

const pattern14 = new RegExp("^[^\\u0000]+$", "u");

function validate14(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if((((data.kind === undefined) && (missing0 = "kind")) || ((data.name === undefined) && (missing0 = "name"))) || ((data.hash === undefined) && (missing0 = "hash"))){
validate14.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
const _errs1 = errors;
for(const key0 in data){
if(!(((key0 === "kind") || (key0 === "name")) || (key0 === "hash"))){
validate14.errors = [{instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs1 === errors){
if(data.kind !== undefined){
const _errs2 = errors;
if("env" !== data.kind){
validate14.errors = [{instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/const",keyword:"const",params:{allowedValue: "env"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.name !== undefined){
let data1 = data.name;
const _errs3 = errors;
if(errors === _errs3){
if(typeof data1 === "string"){
if(func0(data1) > 32767){
validate14.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/maxLength",keyword:"maxLength",params:{limit: 32767},message:"must NOT have more than 32767 characters"}];
return false;
}
else {
if(func0(data1) < 1){
validate14.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
else {
if(!pattern14.test(data1)){
validate14.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/pattern",keyword:"pattern",params:{pattern: "^[^\\u0000]+$"},message:"must match pattern \""+"^[^\\u0000]+$"+"\""}];
return false;
}
}
}
}
else {
validate14.errors = [{instancePath:instancePath+"/name",schemaPath:"#/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.hash !== undefined){
let data2 = data.hash;
const _errs5 = errors;
const _errs6 = errors;
let valid1 = false;
const _errs7 = errors;
const _errs8 = errors;
if(errors === _errs8){
if(typeof data2 === "string"){
if(!pattern3.test(data2)){
const err0 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/hash",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs7 === errors;
valid1 = valid1 || _valid0;
if(!valid1){
const _errs10 = errors;
if(data2 !== null){
const err2 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs10 === errors;
valid1 = valid1 || _valid0;
}
if(!valid1){
const err3 = {instancePath:instancePath+"/hash",schemaPath:"#/properties/hash/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate14.errors = vErrors;
return false;
}
else {
errors = _errs6;
if(vErrors !== null){
if(_errs6){
vErrors.length = _errs6;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs5 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
else {
validate14.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate14.errors = vErrors;
return errors === 0;
}


function validate5(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs0 = errors;
let valid0 = false;
const _errs1 = errors;
if(!(validate6(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate6.errors : vErrors.concat(validate6.errors);
errors = vErrors.length;
}
var _valid0 = _errs1 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs2 = errors;
if(!(validate8(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate8.errors : vErrors.concat(validate8.errors);
errors = vErrors.length;
}
var _valid0 = _errs2 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs3 = errors;
if(!(validate10(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate10.errors : vErrors.concat(validate10.errors);
errors = vErrors.length;
}
var _valid0 = _errs3 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs4 = errors;
if(!(validate12(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
var _valid0 = _errs4 === errors;
valid0 = valid0 || _valid0;
if(!valid0){
const _errs5 = errors;
if(!(validate14(data, {instancePath,parentData,parentDataProperty,rootData}))){
vErrors = vErrors === null ? validate14.errors : vErrors.concat(validate14.errors);
errors = vErrors.length;
}
var _valid0 = _errs5 === errors;
valid0 = valid0 || _valid0;
}
}
}
}
if(!valid0){
const err0 = {instancePath,schemaPath:"#/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
validate5.errors = vErrors;
return false;
}
else {
errors = _errs0;
if(vErrors !== null){
if(_errs0){
vErrors.length = _errs0;
}
else {
vErrors = null;
}
}
}
validate5.errors = vErrors;
return errors === 0;
}


function validate0(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(errors === 0){
if(data && typeof data == "object" && !Array.isArray(data)){
let missing0;
if(((((((((((((((((((((((data.$schema === undefined) && (missing0 = "$schema")) || ((data.formatVersion === undefined) && (missing0 = "formatVersion"))) || ((data.codebaseId === undefined) && (missing0 = "codebaseId"))) || ((data.versionId === undefined) && (missing0 = "versionId"))) || ((data.previousVersionId === undefined) && (missing0 = "previousVersionId"))) || ((data.createdAt === undefined) && (missing0 = "createdAt"))) || ((data.epoch === undefined) && (missing0 = "epoch"))) || ((data.tool === undefined) && (missing0 = "tool"))) || ((data.contentHash === undefined) && (missing0 = "contentHash"))) || ((data.scope === undefined) && (missing0 = "scope"))) || ((data.analyzers === undefined) && (missing0 = "analyzers"))) || ((data.totals === undefined) && (missing0 = "totals"))) || ((data.durationMs === undefined) && (missing0 = "durationMs"))) || ((data.savedMs === undefined) && (missing0 = "savedMs"))) || ((data.notKept === undefined) && (missing0 = "notKept"))) || ((data.fileHashesDigest === undefined) && (missing0 = "fileHashesDigest"))) || ((data.dependenciesDigest === undefined) && (missing0 = "dependenciesDigest"))) || ((data.reducersDigest === undefined) && (missing0 = "reducersDigest"))) || ((data.inputs === undefined) && (missing0 = "inputs"))) || ((data.files === undefined) && (missing0 = "files"))) || ((data.presence === undefined) && (missing0 = "presence"))) || ((data.digest === undefined) && (missing0 = "digest"))){
validate0.errors = [{instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: missing0},message:"must have required property '"+missing0+"'"}];
return false;
}
else {
if(data.$schema !== undefined){
const _errs1 = errors;
if("urn:documee:schema:analysis:1" !== data.$schema){
validate0.errors = [{instancePath:instancePath+"/$schema",schemaPath:"#/properties/%24schema/const",keyword:"const",params:{allowedValue: "urn:documee:schema:analysis:1"},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs1 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.formatVersion !== undefined){
const _errs2 = errors;
if(1 !== data.formatVersion){
validate0.errors = [{instancePath:instancePath+"/formatVersion",schemaPath:"#/properties/formatVersion/const",keyword:"const",params:{allowedValue: 1},message:"must be equal to constant"}];
return false;
}
var valid0 = _errs2 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.codebaseId !== undefined){
let data2 = data.codebaseId;
const _errs3 = errors;
const _errs4 = errors;
if(errors === _errs4){
if(typeof data2 === "string"){
if(func0(data2) > 128){
validate0.errors = [{instancePath:instancePath+"/codebaseId",schemaPath:"#/definitions/codebaseId/maxLength",keyword:"maxLength",params:{limit: 128},message:"must NOT have more than 128 characters"}];
return false;
}
else {
if(func0(data2) < 1){
validate0.errors = [{instancePath:instancePath+"/codebaseId",schemaPath:"#/definitions/codebaseId/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/codebaseId",schemaPath:"#/definitions/codebaseId/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs3 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.versionId !== undefined){
let data3 = data.versionId;
const _errs6 = errors;
const _errs7 = errors;
if(errors === _errs7){
if(typeof data3 === "string"){
if(!pattern0.test(data3)){
validate0.errors = [{instancePath:instancePath+"/versionId",schemaPath:"#/definitions/versionId/pattern",keyword:"pattern",params:{pattern: "^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$"},message:"must match pattern \""+"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$"+"\""}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/versionId",schemaPath:"#/definitions/versionId/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs6 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.previousVersionId !== undefined){
let data4 = data.previousVersionId;
const _errs9 = errors;
const _errs10 = errors;
let valid3 = false;
const _errs11 = errors;
const _errs12 = errors;
if(errors === _errs12){
if(typeof data4 === "string"){
if(!pattern0.test(data4)){
const err0 = {instancePath:instancePath+"/previousVersionId",schemaPath:"#/definitions/versionId/pattern",keyword:"pattern",params:{pattern: "^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$"},message:"must match pattern \""+"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$"+"\""};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
else {
const err1 = {instancePath:instancePath+"/previousVersionId",schemaPath:"#/definitions/versionId/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs11 === errors;
valid3 = valid3 || _valid0;
if(!valid3){
const _errs14 = errors;
if(data4 !== null){
const err2 = {instancePath:instancePath+"/previousVersionId",schemaPath:"#/properties/previousVersionId/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
var _valid0 = _errs14 === errors;
valid3 = valid3 || _valid0;
}
if(!valid3){
const err3 = {instancePath:instancePath+"/previousVersionId",schemaPath:"#/properties/previousVersionId/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
validate0.errors = vErrors;
return false;
}
else {
errors = _errs10;
if(vErrors !== null){
if(_errs10){
vErrors.length = _errs10;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs9 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.createdAt !== undefined){
let data5 = data.createdAt;
const _errs16 = errors;
if(errors === _errs16){
if(errors === _errs16){
if(typeof data5 === "string"){
if(!pattern2.test(data5)){
validate0.errors = [{instancePath:instancePath+"/createdAt",schemaPath:"#/properties/createdAt/pattern",keyword:"pattern",params:{pattern: "Z$"},message:"must match pattern \""+"Z$"+"\""}];
return false;
}
else {
if(!(formats0.validate.test(data5))){
validate0.errors = [{instancePath:instancePath+"/createdAt",schemaPath:"#/properties/createdAt/format",keyword:"format",params:{format: "date-time"},message:"must match format \""+"date-time"+"\""}];
return false;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/createdAt",schemaPath:"#/properties/createdAt/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
}
var valid0 = _errs16 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.epoch !== undefined){
let data6 = data.epoch;
const _errs18 = errors;
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
validate0.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs18){
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 1000000000000 || isNaN(data6)){
validate0.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000000000},message:"must be <= 1000000000000"}];
return false;
}
else {
if(data6 < 0 || isNaN(data6)){
validate0.errors = [{instancePath:instancePath+"/epoch",schemaPath:"#/properties/epoch/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
}
var valid0 = _errs18 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.tool !== undefined){
let data7 = data.tool;
const _errs20 = errors;
if(errors === _errs20){
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
let missing1;
if(((data7.name === undefined) && (missing1 = "name")) || ((data7.version === undefined) && (missing1 = "version"))){
validate0.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/required",keyword:"required",params:{missingProperty: missing1},message:"must have required property '"+missing1+"'"}];
return false;
}
else {
const _errs22 = errors;
for(const key0 in data7){
if(!((key0 === "name") || (key0 === "version"))){
validate0.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs22 === errors){
if(data7.name !== undefined){
let data8 = data7.name;
const _errs23 = errors;
if(errors === _errs23){
if(typeof data8 === "string"){
if(func0(data8) < 1){
validate0.errors = [{instancePath:instancePath+"/tool/name",schemaPath:"#/properties/tool/properties/name/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/tool/name",schemaPath:"#/properties/tool/properties/name/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid5 = _errs23 === errors;
}
else {
var valid5 = true;
}
if(valid5){
if(data7.version !== undefined){
let data9 = data7.version;
const _errs25 = errors;
if(errors === _errs25){
if(typeof data9 === "string"){
if(func0(data9) < 1){
validate0.errors = [{instancePath:instancePath+"/tool/version",schemaPath:"#/properties/tool/properties/version/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/tool/version",schemaPath:"#/properties/tool/properties/version/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid5 = _errs25 === errors;
}
else {
var valid5 = true;
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/tool",schemaPath:"#/properties/tool/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs20 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.contentHash !== undefined){
let data10 = data.contentHash;
const _errs27 = errors;
if(!((data10 === "xxh64") || (data10 === "sha256"))){
validate0.errors = [{instancePath:instancePath+"/contentHash",schemaPath:"#/properties/contentHash/enum",keyword:"enum",params:{allowedValues: schema0.properties.contentHash.enum},message:"must be equal to one of the allowed values"}];
return false;
}
var valid0 = _errs27 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.scope !== undefined){
let data11 = data.scope;
const _errs28 = errors;
if(errors === _errs28){
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
let missing2;
if((((data11.include === undefined) && (missing2 = "include")) || ((data11.exclude === undefined) && (missing2 = "exclude"))) || ((data11.gitignore === undefined) && (missing2 = "gitignore"))){
validate0.errors = [{instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/required",keyword:"required",params:{missingProperty: missing2},message:"must have required property '"+missing2+"'"}];
return false;
}
else {
const _errs30 = errors;
for(const key1 in data11){
if(!(((key1 === "include") || (key1 === "exclude")) || (key1 === "gitignore"))){
validate0.errors = [{instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs30 === errors){
if(data11.include !== undefined){
let data12 = data11.include;
const _errs31 = errors;
const _errs32 = errors;
if(errors === _errs32){
if(Array.isArray(data12)){
var valid8 = true;
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
const _errs34 = errors;
if(typeof data12[i0] !== "string"){
validate0.errors = [{instancePath:instancePath+"/scope/include/" + i0,schemaPath:"#/definitions/globs/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid8 = _errs34 === errors;
if(!valid8){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/scope/include",schemaPath:"#/definitions/globs/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid6 = _errs31 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data11.exclude !== undefined){
let data14 = data11.exclude;
const _errs36 = errors;
const _errs37 = errors;
if(errors === _errs37){
if(Array.isArray(data14)){
var valid10 = true;
const len1 = data14.length;
for(let i1=0; i1<len1; i1++){
const _errs39 = errors;
if(typeof data14[i1] !== "string"){
validate0.errors = [{instancePath:instancePath+"/scope/exclude/" + i1,schemaPath:"#/definitions/globs/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
var valid10 = _errs39 === errors;
if(!valid10){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/scope/exclude",schemaPath:"#/definitions/globs/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid6 = _errs36 === errors;
}
else {
var valid6 = true;
}
if(valid6){
if(data11.gitignore !== undefined){
const _errs41 = errors;
if(typeof data11.gitignore !== "boolean"){
validate0.errors = [{instancePath:instancePath+"/scope/gitignore",schemaPath:"#/properties/scope/properties/gitignore/type",keyword:"type",params:{type: "boolean"},message:"must be boolean"}];
return false;
}
var valid6 = _errs41 === errors;
}
else {
var valid6 = true;
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/scope",schemaPath:"#/properties/scope/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs28 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.analyzers !== undefined){
let data17 = data.analyzers;
const _errs43 = errors;
if(errors === _errs43){
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
for(const key2 in data17){
const _errs46 = errors;
if(!(validate1(data17[key2], {instancePath:instancePath+"/analyzers/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),parentData:data17,parentDataProperty:key2,rootData}))){
vErrors = vErrors === null ? validate1.errors : vErrors.concat(validate1.errors);
errors = vErrors.length;
}
var valid11 = _errs46 === errors;
if(!valid11){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/analyzers",schemaPath:"#/properties/analyzers/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs43 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.totals !== undefined){
let data19 = data.totals;
const _errs47 = errors;
if(errors === _errs47){
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
let missing3;
if(((((((data19.files === undefined) && (missing3 = "files")) || ((data19.analyzed === undefined) && (missing3 = "analyzed"))) || ((data19.reused === undefined) && (missing3 = "reused"))) || ((data19.removed === undefined) && (missing3 = "removed"))) || ((data19.failed === undefined) && (missing3 = "failed"))) || ((data19.uncacheable === undefined) && (missing3 = "uncacheable"))){
validate0.errors = [{instancePath:instancePath+"/totals",schemaPath:"#/properties/totals/required",keyword:"required",params:{missingProperty: missing3},message:"must have required property '"+missing3+"'"}];
return false;
}
else {
const _errs49 = errors;
for(const key3 in data19){
if(!((((((key3 === "files") || (key3 === "analyzed")) || (key3 === "reused")) || (key3 === "removed")) || (key3 === "failed")) || (key3 === "uncacheable"))){
validate0.errors = [{instancePath:instancePath+"/totals",schemaPath:"#/properties/totals/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs49 === errors){
if(data19.files !== undefined){
let data20 = data19.files;
const _errs50 = errors;
if(!(((typeof data20 == "number") && (!(data20 % 1) && !isNaN(data20))) && (isFinite(data20)))){
validate0.errors = [{instancePath:instancePath+"/totals/files",schemaPath:"#/properties/totals/properties/files/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs50){
if((typeof data20 == "number") && (isFinite(data20))){
if(data20 < 0 || isNaN(data20)){
validate0.errors = [{instancePath:instancePath+"/totals/files",schemaPath:"#/properties/totals/properties/files/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs50 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data19.analyzed !== undefined){
let data21 = data19.analyzed;
const _errs52 = errors;
if(!(((typeof data21 == "number") && (!(data21 % 1) && !isNaN(data21))) && (isFinite(data21)))){
validate0.errors = [{instancePath:instancePath+"/totals/analyzed",schemaPath:"#/properties/totals/properties/analyzed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs52){
if((typeof data21 == "number") && (isFinite(data21))){
if(data21 < 0 || isNaN(data21)){
validate0.errors = [{instancePath:instancePath+"/totals/analyzed",schemaPath:"#/properties/totals/properties/analyzed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs52 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data19.reused !== undefined){
let data22 = data19.reused;
const _errs54 = errors;
if(!(((typeof data22 == "number") && (!(data22 % 1) && !isNaN(data22))) && (isFinite(data22)))){
validate0.errors = [{instancePath:instancePath+"/totals/reused",schemaPath:"#/properties/totals/properties/reused/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs54){
if((typeof data22 == "number") && (isFinite(data22))){
if(data22 < 0 || isNaN(data22)){
validate0.errors = [{instancePath:instancePath+"/totals/reused",schemaPath:"#/properties/totals/properties/reused/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs54 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data19.removed !== undefined){
let data23 = data19.removed;
const _errs56 = errors;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
validate0.errors = [{instancePath:instancePath+"/totals/removed",schemaPath:"#/properties/totals/properties/removed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs56){
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 < 0 || isNaN(data23)){
validate0.errors = [{instancePath:instancePath+"/totals/removed",schemaPath:"#/properties/totals/properties/removed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs56 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data19.failed !== undefined){
let data24 = data19.failed;
const _errs58 = errors;
if(!(((typeof data24 == "number") && (!(data24 % 1) && !isNaN(data24))) && (isFinite(data24)))){
validate0.errors = [{instancePath:instancePath+"/totals/failed",schemaPath:"#/properties/totals/properties/failed/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs58){
if((typeof data24 == "number") && (isFinite(data24))){
if(data24 < 0 || isNaN(data24)){
validate0.errors = [{instancePath:instancePath+"/totals/failed",schemaPath:"#/properties/totals/properties/failed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs58 === errors;
}
else {
var valid12 = true;
}
if(valid12){
if(data19.uncacheable !== undefined){
let data25 = data19.uncacheable;
const _errs60 = errors;
if(!(((typeof data25 == "number") && (!(data25 % 1) && !isNaN(data25))) && (isFinite(data25)))){
validate0.errors = [{instancePath:instancePath+"/totals/uncacheable",schemaPath:"#/properties/totals/properties/uncacheable/type",keyword:"type",params:{type: "integer"},message:"must be integer"}];
return false;
}
if(errors === _errs60){
if((typeof data25 == "number") && (isFinite(data25))){
if(data25 < 0 || isNaN(data25)){
validate0.errors = [{instancePath:instancePath+"/totals/uncacheable",schemaPath:"#/properties/totals/properties/uncacheable/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
}
var valid12 = _errs60 === errors;
}
else {
var valid12 = true;
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/totals",schemaPath:"#/properties/totals/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs47 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.durationMs !== undefined){
let data26 = data.durationMs;
const _errs62 = errors;
if(errors === _errs62){
if((typeof data26 == "number") && (isFinite(data26))){
if(data26 < 0 || isNaN(data26)){
validate0.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/durationMs",schemaPath:"#/properties/durationMs/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs62 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.savedMs !== undefined){
let data27 = data.savedMs;
const _errs64 = errors;
if(errors === _errs64){
if((typeof data27 == "number") && (isFinite(data27))){
if(data27 < 0 || isNaN(data27)){
validate0.errors = [{instancePath:instancePath+"/savedMs",schemaPath:"#/properties/savedMs/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0},message:"must be >= 0"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/savedMs",schemaPath:"#/properties/savedMs/type",keyword:"type",params:{type: "number"},message:"must be number"}];
return false;
}
}
var valid0 = _errs64 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.notKept !== undefined){
let data28 = data.notKept;
const _errs66 = errors;
if(errors === _errs66){
if(Array.isArray(data28)){
var valid13 = true;
const len2 = data28.length;
for(let i2=0; i2<len2; i2++){
const _errs68 = errors;
if(!(validate3(data28[i2], {instancePath:instancePath+"/notKept/" + i2,parentData:data28,parentDataProperty:i2,rootData}))){
vErrors = vErrors === null ? validate3.errors : vErrors.concat(validate3.errors);
errors = vErrors.length;
}
var valid13 = _errs68 === errors;
if(!valid13){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/notKept",schemaPath:"#/properties/notKept/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs66 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.fileHashesDigest !== undefined){
let data30 = data.fileHashesDigest;
const _errs69 = errors;
const _errs70 = errors;
if(errors === _errs70){
if(typeof data30 === "string"){
if(!pattern3.test(data30)){
validate0.errors = [{instancePath:instancePath+"/fileHashesDigest",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/fileHashesDigest",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs69 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.dependenciesDigest !== undefined){
let data31 = data.dependenciesDigest;
const _errs72 = errors;
const _errs73 = errors;
let valid15 = false;
const _errs74 = errors;
const _errs75 = errors;
if(errors === _errs75){
if(typeof data31 === "string"){
if(!pattern3.test(data31)){
const err4 = {instancePath:instancePath+"/dependenciesDigest",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/dependenciesDigest",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
var _valid1 = _errs74 === errors;
valid15 = valid15 || _valid1;
if(!valid15){
const _errs77 = errors;
if(data31 !== null){
const err6 = {instancePath:instancePath+"/dependenciesDigest",schemaPath:"#/properties/dependenciesDigest/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
var _valid1 = _errs77 === errors;
valid15 = valid15 || _valid1;
}
if(!valid15){
const err7 = {instancePath:instancePath+"/dependenciesDigest",schemaPath:"#/properties/dependenciesDigest/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
validate0.errors = vErrors;
return false;
}
else {
errors = _errs73;
if(vErrors !== null){
if(_errs73){
vErrors.length = _errs73;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs72 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.reducersDigest !== undefined){
let data32 = data.reducersDigest;
const _errs79 = errors;
const _errs80 = errors;
let valid17 = false;
const _errs81 = errors;
const _errs82 = errors;
if(errors === _errs82){
if(typeof data32 === "string"){
if(!pattern3.test(data32)){
const err8 = {instancePath:instancePath+"/reducersDigest",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/reducersDigest",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
var _valid2 = _errs81 === errors;
valid17 = valid17 || _valid2;
if(!valid17){
const _errs84 = errors;
if(data32 !== null){
const err10 = {instancePath:instancePath+"/reducersDigest",schemaPath:"#/properties/reducersDigest/anyOf/1/type",keyword:"type",params:{type: "null"},message:"must be null"};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
var _valid2 = _errs84 === errors;
valid17 = valid17 || _valid2;
}
if(!valid17){
const err11 = {instancePath:instancePath+"/reducersDigest",schemaPath:"#/properties/reducersDigest/anyOf",keyword:"anyOf",params:{},message:"must match a schema in anyOf"};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
validate0.errors = vErrors;
return false;
}
else {
errors = _errs80;
if(vErrors !== null){
if(_errs80){
vErrors.length = _errs80;
}
else {
vErrors = null;
}
}
}
var valid0 = _errs79 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.inputs !== undefined){
let data33 = data.inputs;
const _errs86 = errors;
if(errors === _errs86){
if(Array.isArray(data33)){
var valid19 = true;
const len3 = data33.length;
for(let i3=0; i3<len3; i3++){
const _errs88 = errors;
if(!(validate5(data33[i3], {instancePath:instancePath+"/inputs/" + i3,parentData:data33,parentDataProperty:i3,rootData}))){
vErrors = vErrors === null ? validate5.errors : vErrors.concat(validate5.errors);
errors = vErrors.length;
}
var valid19 = _errs88 === errors;
if(!valid19){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/inputs",schemaPath:"#/properties/inputs/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid0 = _errs86 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.files !== undefined){
let data35 = data.files;
const _errs89 = errors;
if(errors === _errs89){
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
for(const key4 in data35){
const _errs91 = errors;
const _errs92 = errors;
if(errors === _errs92){
if(typeof key4 === "string"){
if(!pattern4.test(key4)){
const err12 = {instancePath:instancePath+"/files",schemaPath:"#/definitions/sourcePath/pattern",keyword:"pattern",params:{pattern: "^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"},message:"must match pattern \""+"^(?!/)(?!([^]*/)?\\.{1,2}(/|$))[^]"+"\"",propertyName:key4};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/files",schemaPath:"#/definitions/sourcePath/type",keyword:"type",params:{type: "string"},message:"must be string",propertyName:key4};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
var valid20 = _errs91 === errors;
if(!valid20){
const err14 = {instancePath:instancePath+"/files",schemaPath:"#/properties/files/propertyNames",keyword:"propertyNames",params:{propertyName: key4},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
validate0.errors = vErrors;
return false;
break;
}
}
if(valid20){
for(const key5 in data35){
let data36 = data35[key5];
const _errs95 = errors;
if(errors === _errs95){
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
for(const key6 in data36){
let data37 = data36[key6];
const _errs98 = errors;
const _errs99 = errors;
if(errors === _errs99){
if(typeof data37 === "string"){
if(!pattern17.test(data37)){
validate0.errors = [{instancePath:instancePath+"/files/" + key5.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/recordId/pattern",keyword:"pattern",params:{pattern: "^[0-9a-f]{32}(-[0-9a-f]{8})?$"},message:"must match pattern \""+"^[0-9a-f]{32}(-[0-9a-f]{8})?$"+"\""}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/files/" + key5.replace(/~/g, "~0").replace(/\//g, "~1")+"/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/definitions/recordId/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid23 = _errs98 === errors;
if(!valid23){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/files/" + key5.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/files/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid22 = _errs95 === errors;
if(!valid22){
break;
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/files",schemaPath:"#/properties/files/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs89 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.presence !== undefined){
let data38 = data.presence;
const _errs101 = errors;
if(errors === _errs101){
if(data38 && typeof data38 == "object" && !Array.isArray(data38)){
for(const key7 in data38){
const _errs103 = errors;
if(typeof key7 === "string"){
if(func0(key7) < 1){
const err15 = {instancePath:instancePath+"/presence",schemaPath:"#/properties/presence/propertyNames/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters",propertyName:key7};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
var valid25 = _errs103 === errors;
if(!valid25){
const err16 = {instancePath:instancePath+"/presence",schemaPath:"#/properties/presence/propertyNames",keyword:"propertyNames",params:{propertyName: key7},message:"property name must be valid"};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
validate0.errors = vErrors;
return false;
break;
}
}
if(valid25){
for(const key8 in data38){
let data39 = data38[key8];
const _errs105 = errors;
if(errors === _errs105){
if(data39 && typeof data39 == "object" && !Array.isArray(data39)){
let missing4;
if((((data39.absent === undefined) && (missing4 = "absent")) || ((data39.exists === undefined) && (missing4 = "exists"))) || ((data39.listing === undefined) && (missing4 = "listing"))){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/presence/additionalProperties/required",keyword:"required",params:{missingProperty: missing4},message:"must have required property '"+missing4+"'"}];
return false;
}
else {
const _errs107 = errors;
for(const key9 in data39){
if(!(((key9 === "absent") || (key9 === "exists")) || (key9 === "listing"))){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/presence/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9},message:"must NOT have additional properties"}];
return false;
break;
}
}
if(_errs107 === errors){
if(data39.absent !== undefined){
let data40 = data39.absent;
const _errs108 = errors;
if(errors === _errs108){
if(Array.isArray(data40)){
var valid28 = true;
const len4 = data40.length;
for(let i4=0; i4<len4; i4++){
let data41 = data40[i4];
const _errs110 = errors;
if(errors === _errs110){
if(typeof data41 === "string"){
if(func0(data41) < 1){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/absent/" + i4,schemaPath:"#/properties/presence/additionalProperties/properties/absent/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/absent/" + i4,schemaPath:"#/properties/presence/additionalProperties/properties/absent/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid28 = _errs110 === errors;
if(!valid28){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/absent",schemaPath:"#/properties/presence/additionalProperties/properties/absent/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid27 = _errs108 === errors;
}
else {
var valid27 = true;
}
if(valid27){
if(data39.exists !== undefined){
let data42 = data39.exists;
const _errs112 = errors;
if(errors === _errs112){
if(Array.isArray(data42)){
var valid29 = true;
const len5 = data42.length;
for(let i5=0; i5<len5; i5++){
let data43 = data42[i5];
const _errs114 = errors;
if(errors === _errs114){
if(typeof data43 === "string"){
if(func0(data43) < 1){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/exists/" + i5,schemaPath:"#/properties/presence/additionalProperties/properties/exists/items/minLength",keyword:"minLength",params:{limit: 1},message:"must NOT have fewer than 1 characters"}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/exists/" + i5,schemaPath:"#/properties/presence/additionalProperties/properties/exists/items/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid29 = _errs114 === errors;
if(!valid29){
break;
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/exists",schemaPath:"#/properties/presence/additionalProperties/properties/exists/type",keyword:"type",params:{type: "array"},message:"must be array"}];
return false;
}
}
var valid27 = _errs112 === errors;
}
else {
var valid27 = true;
}
if(valid27){
if(data39.listing !== undefined){
let data44 = data39.listing;
const _errs116 = errors;
if((typeof data44 !== "string") && (data44 !== null)){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/listing",schemaPath:"#/properties/presence/additionalProperties/properties/listing/type",keyword:"type",params:{type: schema0.properties.presence.additionalProperties.properties.listing.type},message:"must be string,null"}];
return false;
}
if(errors === _errs116){
if(typeof data44 === "string"){
if(!pattern3.test(data44)){
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/listing",schemaPath:"#/properties/presence/additionalProperties/properties/listing/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""}];
return false;
}
}
}
var valid27 = _errs116 === errors;
}
else {
var valid27 = true;
}
}
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/presence/additionalProperties/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid26 = _errs105 === errors;
if(!valid26){
break;
}
}
}
}
else {
validate0.errors = [{instancePath:instancePath+"/presence",schemaPath:"#/properties/presence/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
var valid0 = _errs101 === errors;
}
else {
var valid0 = true;
}
if(valid0){
if(data.digest !== undefined){
let data45 = data.digest;
const _errs118 = errors;
const _errs119 = errors;
if(errors === _errs119){
if(typeof data45 === "string"){
if(!pattern3.test(data45)){
validate0.errors = [{instancePath:instancePath+"/digest",schemaPath:"#/definitions/digest/pattern",keyword:"pattern",params:{pattern: "^sha256:[0-9a-f]{64}$"},message:"must match pattern \""+"^sha256:[0-9a-f]{64}$"+"\""}];
return false;
}
}
else {
validate0.errors = [{instancePath:instancePath+"/digest",schemaPath:"#/definitions/digest/type",keyword:"type",params:{type: "string"},message:"must be string"}];
return false;
}
}
var valid0 = _errs118 === errors;
}
else {
var valid0 = true;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
validate0.errors = [{instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"},message:"must be object"}];
return false;
}
}
validate0.errors = vErrors;
return errors === 0;
}
